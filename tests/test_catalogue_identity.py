"""The built catalogue holds each model once, and no two models in one entry."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from ai_models._core.identity import identify
from ai_models.base import Model, ModelRegistry
from ai_models.sources.catalogues.embedded import load_catalogue

BEST_KNOWN = """
ai21/jamba-large-1.5 openrouter/ai21/jamba-1-5-large
ai21/jamba-mini-1.5 openrouter/ai21/jamba-1-5-mini
amazon/nova-2-lite openrouter/amazon/nova-2-lite-v1
amazon/nova-lite openrouter/amazon/nova-lite-v1 sap/amazon--nova-lite
amazon/nova-micro openrouter/amazon/nova-micro-v1 sap/amazon--nova-micro
amazon/nova-premier openrouter/amazon/nova-premier-v1
amazon/nova-pro openrouter/amazon/nova-pro-v1 sap/amazon--nova-pro
amazon/titan-embed-text-v2
anthropic/claude-3-5-haiku anthropic/claude-3-5-haiku-latest digitalocean/anthropic-claude-3.5-haiku
anthropic/claude-3-5-sonnet helicone/claude-3.5-sonnet-v2 heroku/claude-3-5-sonnet-latest
anthropic/claude-3-7-sonnet anthropic/claude-3-7-sonnet-latest digitalocean/anthropic-claude-3.7-sonnet
anthropic/claude-3-haiku sap/anthropic--claude-3-haiku
anthropic/claude-fable-5 bedrock/anthropic.claude-fable-5 databricks/databricks-claude-fable-5
anthropic/claude-fable-5-1 bedrock/anthropic.claude-fable-5-1 databricks/databricks-claude-fable-5-1
anthropic/claude-haiku-4-5 bedrock/anthropic.claude-haiku-4-5 helicone/claude-4.5-haiku
anthropic/claude-haiku-5-5 bedrock/anthropic.claude-haiku-5-5 databricks/databricks-claude-haiku-5-5
anthropic/claude-opus-4 anthropic/claude-opus-4-0 deepinfra/anthropic/claude-4-opus
anthropic/claude-opus-4-1 databricks/databricks-claude-opus-4-1
anthropic/claude-opus-4-5 databricks/databricks-claude-opus-4-5 aihubmix/claude-opus-4-5-think
anthropic/claude-opus-4-6 bedrock/anthropic.claude-opus-4-6-v1 databricks/databricks-claude-opus-4-6
anthropic/claude-opus-4-7 bedrock/anthropic.claude-opus-4-7 databricks/databricks-claude-opus-4-7
anthropic/claude-opus-4-8 bedrock/anthropic.claude-opus-4-8 databricks/databricks-claude-opus-4-8
anthropic/claude-opus-5 bedrock/anthropic.claude-opus-5 databricks/databricks-claude-opus-5
anthropic/claude-opus-5-5 azure/claude-opus-5-5-fast bedrock/anthropic.claude-opus-5-5
anthropic/claude-sonnet-4 anthropic/claude-sonnet-4-0 deepinfra/anthropic/claude-4-sonnet
anthropic/claude-sonnet-4-5 aihubmix/claude-sonnet-4-5-think cortecs/claude-4-5-sonnet
anthropic/claude-sonnet-4-6 bedrock/anthropic.claude-sonnet-4-6 databricks/databricks-claude-sonnet-4-6
anthropic/claude-sonnet-5 bedrock/anthropic.claude-sonnet-5 databricks/databricks-claude-sonnet-5
anthropic/claude-sonnet-5-5 bedrock/anthropic.claude-sonnet-5-5 databricks/databricks-claude-sonnet-5-5
baai/bge-m3
black-forest-labs/flux-1-schnell fireworks/accounts/fireworks/models/flux-1-schnell-fp8 aimlapi/flux/schnell
black-forest-labs/flux-1.1-pro aimlapi/flux-pro/v1.1 black-forest-labs/flux-pro-1.1
cohere/command-r-08-2024 oci/cohere.command-r-08-2024
cohere/command-r-plus-08-2024 oci/cohere.command-r-plus-08-2024
cohere/embed-v4.0 azure/cohere-embed-v-4-0
cohere/rerank-v3.5
deepseek/deepseek-r1 deepinfra/deepseek-ai/DeepSeek-R1-Turbo lambda/deepseek-r1-671b
deepseek/deepseek-r1-0528 together/deepseek-ai/DeepSeek-R1-0528-tput vertex/deepseek-ai/deepseek-r1-0528-maas
deepseek/deepseek-r1-distill-llama-70b
deepseek/deepseek-r1-distill-qwen-14b
deepseek/deepseek-r1-distill-qwen-32b
deepseek/deepseek-v3 openrouter/deepseek/deepseek-chat novita/deepseek/deepseek-v3-turbo
deepseek/deepseek-v3-0324 openrouter/deepseek/deepseek-chat-v3-0324
deepseek/deepseek-v3.1 openrouter/deepseek/deepseek-chat-v3.1 vertex/deepseek-ai/deepseek-v3.1-maas
deepseek/deepseek-v3.1-terminus fireworks/accounts/fireworks/models/deepseek-v3p1-terminus
deepseek/deepseek-v3.2 azure/FW-DeepSeek-V3.2 vertex/deepseek-ai/deepseek-v3.2-maas
deepseek/deepseek-v4-flash azure/FW-DeepSeek-V4-Flash digitalocean/deepseek-4-flash
deepseek/deepseek-v4-flash-0731 databricks/system.ai.deepseek-v4-flash-0731 aihubmix/deepseek-v4-flash-0731-fast
deepseek/deepseek-v4-flash-vision-exp
deepseek/deepseek-v4-pro azure/FW-DeepSeek-V4-Pro
deepseek/deepseek-v4-pro-0813 databricks/databricks-deepseek-v4-pro-0813
deepseek/deepseek-v4.1-flash azure/FW-DeepSeek-V4.1-Flash databricks/databricks-deepseek-v4-1-flash
deepseek/deepseek-v4.1-flash-1017 databricks/databricks-deepseek-v4-1-flash-1017
google/gemini-2.0-flash
google/gemini-2.5-flash nano-gpt/gemini-2.5-flash-nothinking oci/google.gemini-2.5-flash
google/gemini-2.5-flash-lite databricks/databricks-gemini-2-5-flash-lite oci/google.gemini-2.5-flash-lite
google/gemini-2.5-pro databricks/databricks-gemini-2-5-pro oci/google.gemini-2.5-pro
google/gemini-3-flash-preview nano-gpt/google/gemini-3-flash-preview-thinking
google/gemini-3.1-flash-lite databricks/databricks-gemini-3-1-flash-lite
google/gemini-3.1-pro-preview nano-gpt/google/gemini-3.1-pro-preview-high nano-gpt/google/gemini-3.1-pro-preview-low
google/gemini-3.5-flash databricks/databricks-gemini-3-5-flash nano-gpt/google/gemini-3.5-flash-thinking
google/gemini-3.5-flash-lite databricks/databricks-gemini-3-5-flash-lite
google/gemini-3.6-flash databricks/databricks-gemini-3-6-flash
google/gemini-3.7-flash databricks/databricks-gemini-3-7-flash
google/gemini-3.8-flash databricks/databricks-gemini-3-8-flash
google/gemini-4-argon databricks/databricks-gemini-4-argon
google/gemma-2-9b-it google/gemini-gemma-2-9b-it vercel/google/gemma-2-9b
google/gemma-3-12b-it bedrock/google.gemma-3-12b-it databricks/databricks-gemma-3-12b
google/gemma-3-27b-it bedrock/google.gemma-3-27b-it empiriolabs/gemma-3-27b
google/gemma-3-4b-it bedrock/google.gemma-3-4b-it llamagate/gemma3-4b
google/gemma-4-26b-a4b-it bedrock/google.gemma-4-26b-a4b vertex/google/gemma-4-26b-a4b-it-maas darkbloom/gemma-4-26b
google/gemma-4-31b-it bedrock/google.gemma-4-31b deepinfra/google/gemma-4-31B-it-turbo
gryphe/mythomax-l2-13b
inception/mercury-2
inclusionai/ling-3.0-flash aihubmix/ling-3.0-flash-free
meta/llama-2-70b-chat bedrock/meta.llama2-70b-chat-v1 together/meta-llama/Llama-2-70b-chat-hf
meta/llama-3-70b-instruct azure/Meta-Llama-3-70B-Instruct fireworks/accounts/fireworks/models/llama-v3-70b-instruct
meta/llama-3-8b-instruct cloudflare/@cf/meta/llama-3-8b-instruct-awq deepinfra/meta-llama/Meta-Llama-3-8B-Instruct
meta/llama-3.1-405b-instruct together/meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo
meta/llama-3.1-70b-instruct azure/Meta-Llama-3.1-70B-Instruct cloudflare/@cf/meta/llama-3.1-70b-instruct-fp8-fast
meta/llama-3.1-8b-instruct cloudflare/@cf/meta/llama-3.1-8b-instruct-fp8
meta/llama-3.2-11b-vision-instruct groq/llama-3.2-11b-vision-preview oci/meta.llama-3.2-11b-vision-instruct
meta/llama-3.2-1b-instruct groq/llama-3.2-1b-preview snowflake/llama3.2-1b
meta/llama-3.2-3b-instruct groq/llama-3.2-3b-preview together/meta-llama/Llama-3.2-3B-Instruct-Turbo
meta/llama-3.2-90b-vision-instruct groq/llama-3.2-90b-vision-preview vertex/meta/llama-3.2-90b-vision-instruct-maas
meta/llama-3.3-70b-instruct deepinfra/meta-llama/Llama-3.3-70B-Instruct-Turbo
meta/llama-4-maverick-17b-128e-instruct databricks/databricks-llama-4-maverick
meta/llama-4-scout-17b-16e-instruct openrouter/meta-llama/llama-4-scout
meta/muse-glimmer-30b
meta/muse-spark-1.2
meta/muse-spark-1.3
meta/muse-spark-open fireworks/accounts/fireworks/models/muse-spark-open-nvfp4
microsoft/phi-4
microsoft/wizardlm-2-8x22b
minimax/minimax-m2 bedrock/minimax.minimax-m2 vertex/minimaxai/minimax-m2-maas
minimax/minimax-m2.1 bedrock/minimax.minimax-m2.1 minimax/MiniMax-M2.1-highspeed
minimax/minimax-m2.5 azure/FW-MiniMax-M2.5 bedrock/minimax.minimax-m2.5
minimax/minimax-m2.7 deepinfra/MiniMaxAI/MiniMax-M2.7-Turbo aihubmix/coding-minimax-m2.7
minimax/minimax-m3 azure/FW-MiniMax-M3
minimax/minimax-m3.1-flash fireworks/accounts/fireworks/models/minimax-m3p1-flash
mistral/codestral-2501
mistral/codestral-2508 vertex/codestral-2
mistral/devstral-2512 bedrock/mistral.devstral-2-123b doubleword/mistralai/Devstral-2-123B-Instruct-2512
mistral/ministral-14b-2512 bedrock/mistral.ministral-3-14b-instruct mistral/ministral-3-14b-2512
mistral/ministral-3b-2512 bedrock/mistral.ministral-3-3b-instruct mistral/ministral-3-3b-2512
mistral/ministral-8b-2512 bedrock/mistral.ministral-3-8b-instruct mistral/ministral-3-8b-2512
mistral/mistral-7b-instruct-v0.2 fireworks/accounts/fireworks/models/mistral-7b-instruct-v0p2
mistral/mistral-large vertex/mistral-large@latest
mistral/mistral-large-2407 snowflake/mistral-large2
mistral/mistral-large-2411 vertex/mistral-large@2411-001
mistral/mistral-large-2512 azure/mistral-large-3 bedrock/mistral.mistral-large-3-675b-instruct
mistral/mistral-medium-2505 mistral/mistral-medium-3
mistral/mistral-medium-2604 azure/mistral-medium-3-5 scaleway/mistral-medium-3.5-128b
mistral/mistral-nemo deepinfra/mistralai/Mistral-Nemo-Instruct-2407 mistral/open-mistral-nemo
mistral/mistral-small-2501 deepinfra/mistralai/Mistral-Small-24B-Instruct-2501
mistral/mistral-small-2503 watsonx/mistralai/mistral-small-3-1-24b-instruct-2503
mistral/mistral-small-2506 mistral/mistral-small-3.2-24b-instruct
mistral/mistral-small-2603 empiriolabs/mistral-small-4 nano-gpt/mistralai/mistral-small-4-119b-2603
mistral/mixtral-8x22b-instruct-v0.1 mistral/open-mixtral-8x22b
mistral/mixtral-8x7b-instruct-v0.1 fireworks/accounts/fireworks/models/mixtral-8x7b-instruct groq/mixtral-8x7b-32768
mistral/pixtral-12b scaleway/mistralai/pixtral-12b-2409
mistral/pixtral-large-2411 cortecs/pixtral-large-2502 vercel/mistral/pixtral-large
mistral/voxtral-small-2507 bedrock/mistral.voxtral-small-24b-2507 mistral/voxtral-small-24b-2507
moonshotai/kimi-k2-instruct openrouter/moonshotai/kimi-k2 helicone/kimi-k2-0711 moonshotai/kimi-k2-0711-preview
moonshotai/kimi-k2-instruct-0905 openrouter/moonshotai/kimi-k2-0905 moonshotai/kimi-k2-0905-preview
moonshotai/kimi-k2-thinking bedrock/moonshot.kimi-k2-thinking bedrock/moonshotai.kimi-k2-thinking
moonshotai/kimi-k2.5 azure/FW-Kimi-K2.5 bedrock/moonshotai.kimi-k2.5 fireworks/accounts/fireworks/models/kimi-k2p5
moonshotai/kimi-k2.6 azure/FW-Kimi-K2.6 fireworks/accounts/fireworks/models/kimi-k2p6
moonshotai/kimi-k2.7-code azure/FW-Kimi-K2.7-Code databricks/databricks-kimi-k2-7
moonshotai/kimi-k3 azure/FW-Kimi-K3 bedrock/global.moonshotai.kimi-k3 bedrock/moonshotai.kimi-k3
moonshotai/kimi-k3.1-pro fireworks/accounts/fireworks/models/kimi-k3p1-pro moonshotai/kimi-k3.1-pro-highspeed
nousresearch/hermes-3-llama-3.1-405b lambda/hermes3-405b
nousresearch/hermes-4-405b
nvidia/llama-3.1-nemotron-70b-instruct lambda/llama3.1-nemotron-70b-instruct-fp8
nvidia/llama-3.3-nemotron-super-49b-v1.5
nvidia/nemotron-3-nano-30b-a3b bedrock/nvidia.nemotron-nano-3-30b cortecs/nvidia-nemotron-3-nano-30b-a3b
nvidia/nemotron-3-nano-omni-30b-a3b-reasoning aihubmix/nemotron-3-nano-omni-30b-a3b-reasoning-free
nvidia/nemotron-3-super-120b-a12b bedrock/nvidia.nemotron-super-3-120b cloudflare/@cf/nvidia/nemotron-3-120b-a12b
nvidia/nemotron-3-ultra-550b-a55b azure/FW-Nemotron-3-Ultra-NVFP4 deepinfra/nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B
nvidia/nemotron-3.5-lightning-30b-a3b azure/FW-Nemotron-Lightning-3.5-30B-A3B
nvidia/nemotron-3.5-super-vl-120b-a12b openrouter/nvidia/nemotron-3.5-super-vl
nvidia/nemotron-nano-12b-v2-vl bedrock/nvidia.nemotron-nano-12b-v2
nvidia/nemotron-nano-9b-v2 bedrock/nvidia.nemotron-nano-9b-v2
openai/gpt-3.5-turbo
openai/gpt-4
openai/gpt-4-turbo
openai/gpt-4.1 digitalocean/openai-gpt-4.1
openai/gpt-4.1-mini
openai/gpt-4.1-nano
openai/gpt-4o digitalocean/openai-gpt-4o
openai/gpt-4o-mini digitalocean/openai-gpt-4o-mini
openai/gpt-5 databricks/databricks-gpt-5 digitalocean/openai-gpt-5
openai/gpt-5-mini databricks/databricks-gpt-5-mini digitalocean/openai-gpt-5-mini
openai/gpt-5-nano databricks/databricks-gpt-5-nano digitalocean/openai-gpt-5-nano
openai/gpt-5-pro
openai/gpt-5.1 databricks/databricks-gpt-5-1 snowflake/openai-gpt-5.1
openai/gpt-5.1-codex
openai/gpt-5.1-codex-mini
openai/gpt-5.2 databricks/databricks-gpt-5-2 digitalocean/openai-gpt-5.2
openai/gpt-5.2-codex
openai/gpt-5.2-pro digitalocean/openai-gpt-5.2-pro
openai/gpt-5.3-codex databricks/databricks-gpt-5-3-codex digitalocean/openai-gpt-5.3-codex
openai/gpt-5.4 bedrock/global.openai.gpt-5.4 bedrock/openai.gpt-5.4 databricks/databricks-gpt-5-4
openai/gpt-5.4-mini databricks/databricks-gpt-5-4-mini digitalocean/openai-gpt-5.4-mini
openai/gpt-5.4-nano databricks/databricks-gpt-5-4-nano digitalocean/openai-gpt-5.4-nano
openai/gpt-5.4-pro databricks/databricks-gpt-5-4-pro digitalocean/openai-gpt-5.4-pro
openai/gpt-5.5 bedrock/global.openai.gpt-5.5 bedrock/openai.gpt-5.5 databricks/databricks-gpt-5-5
openai/gpt-5.6-luna bedrock/openai.gpt-5.6-luna databricks/databricks-gpt-5-6-luna
openai/gpt-5.6-sol bedrock/global.openai.gpt-5.6-sol bedrock/openai.gpt-5.6-sol databricks/databricks-gpt-5-6-sol
openai/gpt-5.6-terra bedrock/openai.gpt-5.6-terra databricks/databricks-gpt-5-6-terra
openai/gpt-6-astra bedrock/global.openai.gpt-6-astra bedrock/openai.gpt-6-astra databricks/databricks-gpt-6-astra
openai/gpt-6-luna bedrock/global.openai.gpt-6-luna bedrock/openai.gpt-6-luna databricks/databricks-gpt-6-luna
openai/gpt-6-sol bedrock/global.openai.gpt-6-sol bedrock/openai.gpt-6-sol databricks/databricks-gpt-6-sol
openai/gpt-6.1-sol bedrock/global.openai.gpt-6.1-sol bedrock/openai.gpt-6.1-sol databricks/databricks-gpt-6-1-sol
openai/gpt-6.1-terra bedrock/openai.gpt-6.1-terra databricks/databricks-gpt-6-1-terra
openai/gpt-oss-120b azure/FW-GPT-OSS-120B bedrock/openai.gpt-oss-120b databricks/databricks-gpt-oss-120b
openai/gpt-oss-20b bedrock/openai.gpt-oss-20b databricks/databricks-gpt-oss-20b vertex/openai/gpt-oss-20b-maas
openai/o1 digitalocean/openai-o1
openai/o1-mini
openai/o1-pro
openai/o3 digitalocean/openai-o3
openai/o3-mini openrouter/openai/o3-mini-high digitalocean/openai-o3-mini nano-gpt/openai/o3-mini-low
openai/o4-mini openrouter/openai/o4-mini-high
openai/text-embedding-3-large
openai/text-embedding-3-small
perplexity/sonar
perplexity/sonar-pro
qwen/qwen2.5-72b-instruct together/Qwen/Qwen2.5-72B-Instruct-Turbo
qwen/qwen2.5-7b-instruct together/Qwen/Qwen2.5-7B-Instruct-Turbo
qwen/qwen2.5-coder-32b-instruct fireworks/accounts/fireworks/models/qwen2p5-coder-32b-instruct
qwen/qwen2.5-vl-72b-instruct fireworks/accounts/fireworks/models/qwen2p5-vl-72b-instruct
qwen/qwen3-14b doubleword/Qwen/Qwen3-14B-FP8
qwen/qwen3-235b-a22b together/Qwen/Qwen3-235B-A22B-fp8-tput novita/qwen/qwen3-235b-a22b-fp8
qwen/qwen3-235b-a22b-instruct-2507 bedrock/qwen.qwen3-235b-a22b-2507 openrouter/qwen/qwen3-235b-a22b-2507
qwen/qwen3-235b-a22b-thinking-2507 helicone/qwen3-235b-a22b-thinking
qwen/qwen3-30b-a3b cloudflare/@cf/qwen/qwen3-30b-a3b-fp8 vercel/alibaba/qwen-3-30b
qwen/qwen3-30b-a3b-instruct-2507
qwen/qwen3-32b bedrock/qwen.qwen3-32b digitalocean/alibaba-qwen3-32b lambda/qwen3-32b-fp8
qwen/qwen3-8b novita/qwen/qwen3-8b-fp8
qwen/qwen3-coder-30b-a3b-instruct bedrock/qwen.qwen3-coder-30b-a3b-instruct pinstripes/ps/qwen3-coder-30b-a3b
qwen/qwen3-coder-480b-a35b-instruct bedrock/qwen.qwen3-coder-480b-a35b-instruct
qwen/qwen3-coder-next bedrock/qwen.qwen3-coder-next together/Qwen/Qwen3-Coder-Next-FP8
qwen/qwen3-embedding-8b
qwen/qwen3-next-80b-a3b-instruct bedrock/qwen.qwen3-next-80b-a3b bedrock/qwen.qwen3-next-80b-a3b-instruct
qwen/qwen3-next-80b-a3b-thinking vertex/qwen/qwen3-next-80b-a3b-thinking-maas
qwen/qwen3-vl-235b-a22b-instruct bedrock/qwen.qwen3-vl-235b-a22b bedrock/qwen.qwen3-vl-235b-a22b-instruct
qwen/qwen3-vl-235b-a22b-thinking
qwen/qwen3.5-122b-a10b databricks/databricks-qwen35-122b-a10b together/Qwen/Qwen3.5-122B-A10B-FP8
qwen/qwen3.5-27b fireworks/accounts/fireworks/models/qwen3p5-27b
qwen/qwen3.5-35b-a3b fireworks/accounts/fireworks/models/qwen3p5-35b-a3b doubleword/Qwen/Qwen3.5-35B-A3B-FP8
qwen/qwen3.5-397b-a17b together/Qwen/Qwen3.5-397B-A17B-FP8 chutes/Qwen/Qwen3.5-397B-A17B-TEE
qwen/qwen3.5-9b fireworks/accounts/fireworks/models/qwen3p5-9b together/Qwen/Qwen3.5-9B-FP8
qwen/qwen3.6-27b chutes/Qwen/Qwen3.6-27B-TEE libertai/qwen3.6-27b-thinking
qwen/qwen3.6-35b-a3b together/Qwen/Qwen3.6-35B-A3B-FP8 libertai/qwen3.6-35b-a3b-thinking
qwen/qwen3.6-plus fireworks/accounts/fireworks/models/qwen3p6-plus
qwen/qwen3.7-max
qwen/qwen3.7-plus fireworks/accounts/fireworks/models/qwen3p7-plus
qwen/qwen3.8-2.4t-a95b fireworks/accounts/fireworks/models/qwen3p8-2p4t-a95b
qwen/qwen3.8-27b chutes/Qwen/Qwen3.8-27B-TEE doubleword/Qwen/Qwen3.8-27B-FP8
qwen/qwen3.8-flash aihubmix/qwen3.8-flash-free
qwen/qwen3.8-max fireworks/accounts/fireworks/models/qwen3p8-max aihubmix/qwen3.8-max-free
qwen/qwq-32b groq/qwen-qwq-32b
sao10k/l3.3-70b-euryale-v2.3 openrouter/sao10k/l3.3-euryale-70b
stabilityai/stable-diffusion-3.5-large stability/sd3.5-large
stepfun/step-3.7-flash fireworks/accounts/fireworks/models/step-3p7-flash-nvfp4
stepfun/step-5-preview fireworks/accounts/fireworks/models/step-5-preview-fp8
tencent/hy-3
tencent/hy-4-preview
thinkingmachines/inkling azure/FW-Inkling databricks/databricks-inkling modal/thinkingmachines/Inkling-NVFP4
thinkingmachines/inkling-small
writer/palmyra-x5
xai/grok-3 openrouter/x-ai/grok-3-beta oci/xai.grok-3
xai/grok-3-mini openrouter/x-ai/grok-3-mini-beta oci/xai.grok-3-mini
xai/grok-4 oci/xai.grok-4
xai/grok-4-fast azure/grok-4-fast-non-reasoning azure/grok-4-fast-reasoning oci/xai.grok-4-fast
xai/grok-4.1-fast azure/grok-4-1-fast-non-reasoning azure/grok-4-1-fast-reasoning oci/xai.grok-4.1-fast
xai/grok-4.20 azure/grok-4-20-non-reasoning azure/grok-4-20-reasoning xai/grok-4.20-non-reasoning-latest
xai/grok-4.20-multi-agent xai/grok-4.20-multi-agent-latest oci/xai.grok-4.20-multi-agent
xai/grok-4.3 bedrock/xai.grok-4.3 xai/grok-4.3-latest
xai/grok-4.5 xai/grok-4.5-latest
xai/grok-4.6 bedrock/global.xai.grok-4.6 bedrock/xai.grok-4.6 databricks/databricks-grok-4-6
xai/grok-4.7 bedrock/global.xai.grok-4.7 databricks/databricks-grok-4-7
xiaomi/mimo-v2.5 aihubmix/coding-xiaomi-mimo-v2.5
xiaomi/mimo-v2.5-pro aihubmix/coding-xiaomi-mimo-v2.5-pro
xiaomi/mimo-v2.6-flash
xiaomi/mimo-v2.6-pro openrouter/xiaomi/mimo-v2.6-pro-ultraspeed
zai/glm-4.5 fireworks/accounts/fireworks/models/glm-4p5
zai/glm-4.5-air fireworks/accounts/fireworks/models/glm-4p5-air together/zai-org/GLM-4.5-Air-FP8
zai/glm-4.5v fireworks/accounts/fireworks/models/glm-4p5v
zai/glm-4.6 fireworks/accounts/fireworks/models/glm-4p6 nano-gpt/z-ai/glm-4.6-original
zai/glm-4.7 bedrock/zai.glm-4.7 fireworks/accounts/fireworks/models/glm-4p7 together/zai-org/GLM-4.7-FP8
zai/glm-4.7-flash bedrock/zai.glm-4.7-flash aihubmix/glm-4.7-flash-free
zai/glm-5 azure/FW-GLM-5 bedrock/zai.glm-5 together/zai-org/GLM-5-FP4
zai/glm-5.1 azure/FW-GLM-5.1 fireworks/accounts/fireworks/models/glm-5p1
zai/glm-5.2 azure/FW-GLM-5.2 azure/FW-GLM-5.2-Fast databricks/databricks-glm-5-2
zai/glm-5.3 azure/FW-GLM-5.3 bedrock/global.zai.glm-5.3 databricks/databricks-glm-5-3
zai/glm-5.3-flash azure/FW-GLM-5.3-Flash databricks/databricks-glm-5-3-flash
"""
"""The best-known models, one a line: the canonical id, then ids of the same model as `provider/id`."""

SPOKEN = {
    "claude sonnet 4.5": "anthropic/claude-sonnet-4-5",
    "claude-4.5-sonnet": "anthropic/claude-sonnet-4-5",
    "claude-sonnet-4.5": "anthropic/claude-sonnet-4-5",
    "us.anthropic.claude-sonnet-4-6": "anthropic/claude-sonnet-4-6",
    "gpt-4o": "openai/gpt-4o",
    "gpt-35-turbo": "openai/gpt-3.5-turbo",
    "chatgpt/gpt-5": "openai/gpt-5",
    "gemini-2.5-pro": "google/gemini-2.5-pro",
    "Meta-Llama-3.1-8B-Instruct": "meta/llama-3.1-8b-instruct",
    "llama3-1-8b-instruct": "meta/llama-3.1-8b-instruct",
    "unsloth/Meta-Llama-3.1-8B-Instruct-GGUF": "meta/llama-3.1-8b-instruct",
    "Mistral-Small-3.2-24B-Instruct-2506": "mistral/mistral-small-2506",
    "mistral-medium-3": "mistral/mistral-medium-2505",
    "open-mistral-nemo": "mistral/mistral-nemo",
    "c4ai-command-a-03-2025": "cohere/command-a-03-2025",
    "Kimi-K2-Instruct-0905": "moonshotai/kimi-k2-instruct-0905",
    "MiniMax-M2": "minimax/minimax-m2",
    "NVIDIA-Nemotron-Nano-9B-v2": "nvidia/nemotron-nano-9b-v2",
    "DeepSeek-R1-0528": "deepseek/deepseek-r1-0528",
    "gpt-oss-120b-MXFP4": "openai/gpt-oss-120b",
}
"""Names as people write them, without a provider."""

SPELLED_TWICE = {
    "azuremodelrouter": "a source writes its id in two ways",
    "snowflakesnowflakellama3370b": "a source writes its id in two ways",
}
"""Ids of no known lab that differ in separators only, and why."""

NO_MODEL = {
    "azure/chat-latest": "an alias that moves with its host",
    "azure/container": "a price of a tool, in a map of prices",
    "fireworks/accounts/fireworks/routers/auto": "a router",
    "openrouter/auto": "a router",
}
"""Entries of no known lab with the name of a lab's model, and what they are."""

BY_HAND = {
    "google/gemini-2.5-flash-image": "fal writes gemini-25",
    "zai/glm-4.6v-flash": "a gateway writes glm-4-6v",
}
"""Entries with an offer that a person has put there, because no rule can read its id."""

UNLIKE = {
    "deepseek/deepseek-v3.1": "the deepseek.v3 that Bedrock serves is V3.1",
    "black-forest-labs/flux-1.1-pro": "the path of an id holds the family, its last segment the version only",
    "black-forest-labs/flux-1.1-pro-ultra": "the path of an id holds the family, its last segment the version only",
    "meta/llama-3.2-11b-vision-instruct": "both sizes of Llama 3.2 above 3B see: hosts leave the word out",
    "meta/llama-3.2-90b-vision-instruct": "both sizes of Llama 3.2 above 3B see: hosts leave the word out",
    "meta/llama-3.2-11b-vision-text-instruct": "both sizes of Llama 3.2 above 3B see: hosts leave the word out",
    "meta/llama-3.2-90b-vision-text-instruct": "both sizes of Llama 3.2 above 3B see: hosts leave the word out",
    "neversleep/lumimaid-v0.2-70b": "hosts name it after the Llama that it is a tune of",
    "neversleep/lumimaid-v0.2-8b": "hosts name it after the Llama that it is a tune of",
    "nousresearch/hermes-3-llama-3.1-405b": "hosts leave out the Llama that it is a tune of",
    "nousresearch/hermes-3-llama-3.1-70b": "hosts leave out the Llama that it is a tune of",
    "nousresearch/hermes-3-llama-3.1-8b": "hosts leave out the Llama that it is a tune of",
    "nvidia/nemotron-nano-12b-v2-vl": "the 12B that Bedrock serves is the one that sees",
    "qwen/qwen3-embedding-0.6b": "Databricks writes the point of a size as a hyphen",
}
"""Entries whose ids name other parts of the same name, and why."""

SIZE = re.compile(r"(?<![a-z\d.])\d+(?:\.\d+)?(?:x\d+)?[bt](?![a-z\d])")
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d-\d{4}|-\d\d-\d\d$|(?<!\d)(?:\d{8}|\d{6}|\d{4})(?!\d)")
SERVING = re.compile(
    r"[:@].*$|-v\d+(?:\.\d+)?(?:[:-].*)?$|-1(?=:\d)|(?<![a-z])(?:fp|bf|int|mxfp|nvfp|a)\d+b?|\d+(?:k|bit|e)\b"
)
REGION = re.compile(r"^(?:us|eu|apac|global|us-gov)\.")
PROVIDER_WORDS = re.compile(r"^scb10x-|^ai21[.-](?:labs[.-])?")
# fmt: off
TIERS = frozenset({
    "mini", "nano", "micro", "small", "medium", "large", "pro", "max", "flash", "haiku", "sonnet", "opus",
    "coder", "math", "vision", "vl", "embedding", "image", "audio", "realtime", "transcribe", "tts", "codex",
    "scout", "maverick", "air",
})
# fmt: on


@pytest.fixture(scope="module")
def catalogue() -> ModelRegistry:
    return load_catalogue()


@pytest.fixture(scope="module")
def models(catalogue: ModelRegistry) -> dict[str, Model]:
    return dict(catalogue.items())


def lines() -> list[list[str]]:
    return [line.split() for line in BEST_KNOWN.strip().splitlines()]


def offered(model: Model) -> Iterator[tuple[str, str]]:
    """Each offer of an entry as provider and id."""
    for offer in model.offers.values():
        yield offer.provider, offer.facts["id"]


def squashed(id: str) -> str:
    return re.sub(r"[\W_]+", "", id.lower())


# One entry for one model.


def test_the_list_of_the_best_known_models_names_each_once() -> None:
    ids = [first for first, *_ in lines()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 200


@pytest.mark.parametrize("line", BEST_KNOWN.strip().splitlines(), ids=lambda line: line.split()[0])
def test_a_best_known_model_is_one_entry_by_every_spelling(catalogue: ModelRegistry, line: str) -> None:
    id, *spellings = line.split()
    found = {name: catalogue.resolve(name).id for name in (id, id.partition("/")[2], *spellings)}
    assert set(found.values()) == {id}, found


@pytest.mark.parametrize("name", SPOKEN)
def test_a_name_as_people_write_it_is_the_same_entry(catalogue: ModelRegistry, name: str) -> None:
    assert catalogue.resolve(name).id == SPOKEN[name]


def test_no_two_ids_differ_in_separators_and_case_alone(models: dict[str, Model]) -> None:
    plain = defaultdict(list)
    for id in models:
        plain[squashed(id)].append(id)
    assert {key: ids for key, ids in plain.items() if len(ids) > 1 and key not in SPELLED_TWICE} == {}


def test_no_two_entries_of_a_lab_have_the_same_parts_in_another_order(models: dict[str, Model]) -> None:
    parts = defaultdict(list)
    for id, model in models.items():
        if model.lab:
            words = re.findall(r"[a-z]+|\d\d-\d\d$|\d+(?:\.\d+)?", id.partition("/")[2])
            parts[model.lab, *sorted(words)].append(id)
    assert [ids for ids in parts.values() if len(ids) > 1] == []


def test_no_id_of_a_provider_stands_in_two_entries(models: dict[str, Model]) -> None:
    entries = defaultdict(list)
    for id, model in models.items():
        for pair in set(offered(model)):
            entries[pair].append(id)
    assert {pair: ids for pair, ids in entries.items() if len(ids) > 1} == {}


def test_no_entry_of_an_unknown_lab_has_the_name_of_a_labs_model(models: dict[str, Model]) -> None:
    named = {squashed(id.partition("/")[2]) for id, model in models.items() if model.lab}
    strays = {
        id
        for id, model in models.items()
        if not model.lab and any(squashed(name_of(wire)) in named for _, wire in offered(model))
    }
    assert strays == set(NO_MODEL)


# One model in one entry.


def test_every_id_in_an_entry_means_the_entry_by_itself(models: dict[str, Model]) -> None:
    wrong = {
        (id, provider, wire): key
        for id, model in models.items()
        if model.lab and id not in BY_HAND
        for provider, wire in offered(model)
        if (key := identify(provider, wire).key) != id
    }
    assert wrong == {}


def test_what_a_person_has_put_into_an_entry_is_still_needed(models: dict[str, Model]) -> None:
    for id in BY_HAND:
        assert any(identify(provider, wire).key != id for provider, wire in offered(models[id]))


def name_of(wire: str) -> str:
    """The last segment of an id with a point for each p between digits, and without what is no part of a name."""
    name = REGION.sub("", wire.lower()).rpartition("/")[2].replace("_", "-")
    return PROVIDER_WORDS.sub("", re.sub(r"(?<=\d)p(?=\d)", ".", name)).removesuffix(":free").removesuffix(":batch")


def sizes_of(name: str) -> frozenset[str]:
    return frozenset(SIZE.findall(name))


def tiers_of(name: str) -> frozenset[str]:
    return TIERS.intersection(re.findall(r"[a-z]+", name.partition(":")[0]))


def version_of(name: str) -> str:
    """The digits of a name that are no size, no date and no way of serving; a final zero says nothing."""
    rest = DATE.sub("", SIZE.sub("", name))
    return "".join(re.findall(r"\d", SERVING.sub("", DATE.sub("", SERVING.sub("", rest))))).rstrip("0")


def test_the_token_check_reads_a_name() -> None:
    name = name_of("us.meta.llama3-1-8b-instruct-v1:0")
    assert (sizes_of(name), tiers_of(name), version_of(name)) == (frozenset({"8b"}), frozenset(), "31")
    name = name_of("accounts/fireworks/models/qwen2p5-coder-32b-instruct")
    assert (sizes_of(name), tiers_of(name), version_of(name)) == (frozenset({"32b"}), frozenset({"coder"}), "25")
    assert version_of(name_of("gpt-4o-2024-11-20")) == "4"


@pytest.mark.parametrize("read", [sizes_of, tiers_of, version_of])
def test_the_parts_of_the_names_in_an_entry_agree(models: dict[str, Model], read: Callable[[str], object]) -> None:
    wrong = {}
    for id, model in models.items():
        if model.lab and id not in UNLIKE:
            said = {read(name_of(wire)): wire for _, wire in offered(model)}
            if read is not tiers_of:
                said = {part: wire for part, wire in said.items() if part}
            if len(said) > 1:
                wrong[id] = said
    assert wrong == {}


def test_an_exception_stands_for_an_entry_that_exists(models: dict[str, Model]) -> None:
    assert {*UNLIKE, *BY_HAND} <= set(models)
    assert set(SPELLED_TWICE) <= {squashed(id) for id in models}

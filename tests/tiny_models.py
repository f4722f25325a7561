"""A language model of a few kilobytes, made by the test that needs it: it says one sentence, whatever it is asked."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast


def save_speaking_model(folder: Path, sentence: str) -> None:
    """Save a Llama with one layer that does nothing, so that each word only leads to the next.

    No word may occur twice in the sentence.
    """
    spoken = sentence.split()
    tokens = ["<unk>", "<end>", "<begin>", *spoken]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    _save_tokenizer(folder, vocabulary)
    width = len(tokens) + len(tokens) % 2
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=width,
        intermediate_size=4,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=8_192,
        bos_token_id=2,
        eos_token_id=1,
        pad_token_id=1,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        model.model.norm.weight.fill_(1.0)
        model.model.embed_tokens.weight.copy_(torch.eye(len(tokens), width))
        for word, following in zip(["<begin>", *spoken], [*spoken, "<end>"], strict=True):
            model.lm_head.weight[vocabulary[following], vocabulary[word]] = 1.0
    model.save_pretrained(folder)


def _save_tokenizer(folder: Path, vocabulary: dict[str, int]) -> None:
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    template = "{% for message in messages %}{{ message['content'] }} {% endfor %}<begin>"
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>", chat_template=template
    )
    wrapped.save_pretrained(folder)

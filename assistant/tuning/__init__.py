"""Fine-tuning of the embedded language model: hand-written wordings, examples made from them, LoRA, its card."""

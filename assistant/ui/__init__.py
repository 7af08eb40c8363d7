"""The Gradio screen: chat, roster, journal."""

"""Live HL7 v2 messages over MLLP: frames, acknowledgements, the listener, and the watch over silent senders."""

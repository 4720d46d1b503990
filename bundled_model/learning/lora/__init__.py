"""LoRAs for looks that the bundled model does not know: trained on drawings, written as files, measured."""

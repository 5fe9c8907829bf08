"""Networks: gait backbones, the visibility estimation network, the mimic network, checkpoints."""

"""policy-kg: policy documents as a knowledge graph with proof."""

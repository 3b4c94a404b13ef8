"""Names of the ontology. Written by ``python -m kg.ontology``; do not edit."""

NAMESPACE = "https://policy-kg.github.io/ns#"
VERSION = "1.0.0"

# labels of nodes
COLLECTIVE = "Collective"
DEPARTMENT = "Department"
DOCUMENT = "Document"
GOAL = "Goal"
INDICATOR = "Indicator"
INSTRUMENT = "Instrument"
MEASURE = "Measure"
PROJECT = "Project"
SECTION = "Section"
TARGET = "Target"
TASK = "Task"
TOPIC = "Topic"

# types of relationships
DERIVED_FROM = "DERIVED_FROM"
HAS_TOPIC = "HAS_TOPIC"
INVOLVES = "INVOLVES"
IN_DOCUMENT = "IN_DOCUMENT"
IN_SECTION = "IN_SECTION"
LED_BY = "LED_BY"
MAY_CONTINUE_IN = "MAY_CONTINUE_IN"
MEASURE_OF = "MEASURE_OF"
MENTIONS = "MENTIONS"
PART_OF = "PART_OF"
REPEATED_IN = "REPEATED_IN"
REPRINT_OF = "REPRINT_OF"
UNDER_TASK = "UNDER_TASK"

ROLES = {
    "lead": "牵头",
    "participant": "参与",
    "sole": "单独负责",
    "joint": "共同负责",
}

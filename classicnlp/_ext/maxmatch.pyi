from classicnlp._ext.dictionary import Dictionary, DictionaryCutter
from classicnlp._ext.units import Rules

FORWARD: int
BACKWARD: int
BIDIRECTIONAL: int

class MaxMatchCutter(DictionaryCutter):
    def __init__(
        self, dictionary: Dictionary, direction: int, rules: Rules | None = None
    ) -> None: ...

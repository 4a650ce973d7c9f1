from classicnlp._ext.cutter import Cutter
from classicnlp._ext.dictionary import Dictionary
from classicnlp._ext.units import Rules

FORWARD: int
BACKWARD: int
BIDIRECTIONAL: int

class MaxMatchCutter(Cutter):
    def __init__(
        self, dictionary: Dictionary, direction: int, rules: Rules | None = None
    ) -> None: ...

from classicnlp._ext.dictionary import Dictionary, DictionaryCutter
from classicnlp._ext.units import Rules
from classicnlp._ext.userwords import WordMarker

FORWARD: int
BACKWARD: int
BIDIRECTIONAL: int

class MaxMatchCutter(DictionaryCutter):
    def __init__(
        self,
        dictionary: Dictionary,
        direction: int,
        marker: WordMarker | None = None,
        rules: Rules | None = None,
    ) -> None: ...

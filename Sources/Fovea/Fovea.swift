// Everything that a user of the library types, under one import.
@_exported public import FoveaCompiler
@_exported public import FoveaData
@_exported public import FoveaExplain
@_exported public import FoveaFormats
@_exported public import FoveaLayers
@_exported public import FoveaNetwork
@_exported public import FoveaTraining
@_exported public import FoveaZoo

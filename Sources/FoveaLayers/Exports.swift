// What the code of a model needs besides layers: shapes, padding, initialisers, values and the operations on them.
@_exported public import FoveaCore
@_exported public import FoveaGraph

@_exported public import BuildModel
@_exported public import Engines

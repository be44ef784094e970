@_exported public import CaissonBuildModel
@_exported public import CaissonEngines
@_exported public import CaissonOrchestrator
@_exported public import CaissonPreparation

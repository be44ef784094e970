import BuildModel

struct PartMerge: Sendable {
    let outputs: PartOutputs
    let options: EngineOptions
    let events: StepTracker

    func merge(_ images: [PartImage], into result: inout BuildResult) async throws {
        throw BuildError(.unsupported, "x")
    }
}

import BuildModel

// The only wiring of `caisson builder` to the engines.

extension BuilderCommand.List {
    func run() async throws {
        throw BuildError(.engine, "no engine driver is linked into this program")
    }
}

extension BuilderCommand.Inspect {
    func run() async throws {
        throw BuildError(.engine, "no engine driver is linked into this program")
    }
}

extension BuilderCommand.Stop {
    func run() async throws {
        throw BuildError(.engine, "no engine driver is linked into this program")
    }
}

extension BuilderCommand.Supervise {
    func run() async throws {
        throw BuildError(.engine, "no engine driver is linked into this program")
    }
}

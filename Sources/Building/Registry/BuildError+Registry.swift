package import CaissonBuildModel

extension BuildError {
    /// What a registry's failure is to the person who asked.
    package init(_ error: RegistryError) {
        let code: Code =
            switch error.code {
            case .invalid: .usage
            case .deadlineExceeded: .deadlineExceeded
            default: .engine
            }
        self.init(code, error.wording)
    }
}

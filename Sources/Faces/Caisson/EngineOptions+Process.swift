import CaissonEngines
import FoundationEssentials

extension EngineOptions {
    /// The surroundings of this process: its environment and home directory, but not its standard input.
    public static var ofThisProcess: EngineOptions {
        let environment = ProcessInfo.processInfo.environment
        return EngineOptions(environment: environment, home: environment["HOME"] ?? "/")
    }
}

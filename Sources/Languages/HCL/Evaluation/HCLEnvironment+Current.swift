import Glibc

extension HCLEnvironment {
    /// This machine: its clock, the user's home, and random bytes of the system.
    package static let current = HCLEnvironment(
        now: { time(nil) },
        home: {
            if let home = getenv("HOME"), home[0] != 0 { return String(cString: home) }
            return "/"
        },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    )
}

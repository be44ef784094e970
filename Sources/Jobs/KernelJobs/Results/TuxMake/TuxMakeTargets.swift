import CaissonText

/// The targets of TuxMake: what they are called, and what they need.
package enum TuxMakeTargets {
    /// What is built where nothing is asked for.
    package static let usual = [
        "config", "kernel", "xipkernel", "modules", "dtbs", "dtbs-legacy", "debugkernel", "headers",
    ]

    /// All targets that have to be built for those asked for, in TuxMake's order.
    ///
    /// - Parameters:
    ///   - names: Those asked for; a path or an object file is one of the kernel's own.
    ///   - own: Those of the kernel's own `Makefile`, which stand at the end and come back with `make:` before them.
    package static func expanded(_ names: [String], own: [String] = []) -> [String] {
        let names = names.isEmpty && own.isEmpty ? usual : names
        // The selftests' programs come before the configuration, as it may want to know of them.
        let comesFirst = names.contains("perf")
        var order: [String] = []
        for name in names {
            let name = isOwn(name) ? "make:\(name)" : name
            if comesFirst, name != "perf", !order.contains("perf"), chain(of: name).contains("config") {
                order.append("perf")
            }
            for target in chain(of: name) where !order.contains(target) { order.append(target) }
        }
        guard !own.isEmpty else { return order }
        for target in ["config"] + own.map({ "make:\($0)" }) where !order.contains(target) { order.append(target) }
        return order
    }

    /// What a target needs, itself behind it.
    private static func chain(of name: String) -> [String] {
        let needed: [String] =
            switch name {
            case "config", "perf", "cpupower", "decode-stacktrace": []
            case "kernel", "xipkernel", "debugkernel", "bindeb-pkg", "binrpm-pkg", "targz-pkg": ["config", "default"]
            case "kselftest-bpf": ["config", "default", "kernel", "headers"]
            default: ["config"]
            }
        return needed + [name]
    }

    /// Whether a name is one of the kernel's own targets: a folder, a file, or what a compiler makes.
    private static func isOwn(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "/"))
            || [".o", ".ko", ".s", ".i", ".lst", ".dtb", ".dtbo"].contains { name.hasSuffix($0) }
    }
}

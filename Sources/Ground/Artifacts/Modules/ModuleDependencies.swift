import CaissonText

/// Compares what modules need with what is there.
package enum ModuleDependencies {
    /// The name of a module as the kernel has it, from a file's name or another spelling: `-` and `_` are the same.
    ///
    /// The directory and the endings `.ko`, `.ko.gz`, `.ko.xz` and `.ko.zst` are left out.
    package static func name(of file: String) -> String {
        var name = file.pieces(at: "/").last ?? file
        for ending in [".gz", ".xz", ".zst", ".ko"] where name.utf8.count > ending.utf8.count {
            if name.hasSuffix(ending) { name = String(name.utf8.dropLast(ending.utf8.count)) ?? name }
        }
        return String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// The names that modules need and that aren't there, sorted.
    ///
    /// - Parameters:
    ///   - modules: The names of the modules that there are, and what each needs; no dictionary where Unicode may take two
    ///     names for one.
    ///   - builtIn: The names of those in the kernel itself, as `modules.builtin` lists them.
    package static func missing(
        _ modules: some Sequence<(key: String, value: [String])>,
        builtIn: Set<String> = []
    ) -> [(module: String, needs: String)] {
        let there = Set(modules.map { name(of: $0.key) }).union(builtIn.map { name(of: $0) })
        return modules.sorted { $0.key < $1.key }.flatMap { module, needs in
            needs.sorted().filter { !there.contains(name(of: $0)) }.map { (module, $0) }
        }
    }
}

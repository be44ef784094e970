package import CaissonBuildModel
package import CaissonPlanning
package import CaissonSystem
import CaissonText
import Glibc

/// Finds and reads the files of a definition on this machine.
package struct DefinitionFiles: Sendable {
    /// Where a `-` is read from; nil where there is nothing to read.
    private let input: BorrowedDescriptor?

    /// How many files may be named.
    private static let most = 1000

    /// Takes standard input, where there is one.
    package init(input: BorrowedDescriptor?) {
        self.input = input
    }

    /// Reads the files of some names: paths, `cwd://PATH`, or `-` for standard input.
    ///
    /// - Throws: `BuildError` with code `usage` for all that can't be read.
    package func named(_ names: [String]) throws(BuildError) -> [BakeFile] {
        guard names.count <= Self.most else {
            throw BuildError(.usage, "\(names.count) definition files are named; at most \(Self.most) are read")
        }
        let paths = names.map { $0.rest(after: "cwd://") ?? $0 }
        guard paths.filter({ $0 == "-" }).count <= 1 else {
            throw BuildError(.usage, "standard input is named twice as a definition; it can be read once")
        }
        var files: [BakeFile] = []
        for path in paths {
            files.append(BakeFile(name: path, bytes: path == "-" ? try readInput() : try read(path)))
        }
        return files
    }

    /// Reads what is here of the default names: a manifest of ours, else all that bake would read.
    ///
    /// - Parameter directory: Where they are looked for; nil for the working directory.
    /// - Throws: `BuildError` with code `usage` where there is none, and for what can't be read.
    package func found(in directory: String? = nil) throws(BuildError) -> [BakeFile] {
        var files: [BakeFile] = []
        let start = directory.map { $0 + "/" } ?? ""
        let own = Manifest.defaultNames.map { start + $0 }
        let names = BakeFile.defaultNames.map { start + $0 }
        for name in own {
            if case .missing(let reason) = PathFacts.kind(of: name), reason.number == ENOENT { continue }
            return [BakeFile(name: name, bytes: try read(name))]
        }
        for name in names {
            if case .missing(let reason) = PathFacts.kind(of: name), reason.number == ENOENT { continue }
            files.append(BakeFile(name: name, bytes: try read(name)))
        }
        guard !files.isEmpty else {
            let known = (own + names).joined(separator: ", ")
            throw BuildError(
                .usage,
                "there is no definition in this directory (\(known)); name one, or change to its directory"
            )
        }
        return files
    }

    /// What a compose file finds at a path that it names.
    @Sendable
    package static func content(at path: String, limit: Int) -> ComposeSources.Content {
        do throws(BoundedFile.Failure) {
            return .bytes(try BoundedFile.read(path, limit: limit))
        } catch {
            switch error {
            case .missing: return .missing
            case .tooLarge: return .tooLarge
            case .notRegular:
                return PathFacts.kind(of: path) == .directory ? .directory : .unreadable(error.explanation)
            case .system, .foreign: return .unreadable("\(error.errno)")
            }
        }
    }

    private func read(_ path: String) throws(BuildError) -> [UInt8] {
        switch PathFacts.kind(of: path) {
        case .directory: throw BuildError(.usage, "the definition \(path.quoted) is a directory; name a file")
        case .stream: return try readStream(path)
        case .missing(let reason) where reason.number == ENOENT: throw missing(path)
        case .missing(let reason): throw BuildError(.usage, "can't read the definition \(path.quoted): \(reason)")
        case .regular: break
        }
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(path, limit: BakeFile.largest)
        } catch .tooLarge {
            throw tooLarge(path.quoted)
        } catch {
            throw BuildError(.usage, "can't read the definition \(path.quoted): \(error.errno)")
        }
    }

    /// A pipe, such as `<(generate)`.
    private func readStream(_ path: String) throws(BuildError) -> [UInt8] {
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw BuildError(.usage, "can't open the definition \(path.quoted): \(Errno.last)") }
        defer { close(number) }
        return try read(BorrowedDescriptor(number: number), called: path.quoted)
    }

    private func readInput() throws(BuildError) -> [UInt8] {
        guard let input else { throw BuildError(.usage, "there is no standard input to read a definition from") }
        guard !input.isTerminal else {
            throw BuildError(.usage, "standard input is a terminal; redirect a definition to it, as with - < FILE")
        }
        return try read(input, called: "on standard input")
    }

    private func read(_ descriptor: BorrowedDescriptor, called name: String) throws(BuildError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try descriptor.read(upTo: BakeFile.largest + 1)
        } catch {
            throw BuildError(.usage, "can't read the definition \(name): \(error)")
        }
        guard bytes.count <= BakeFile.largest else { throw tooLarge(name) }
        return bytes
    }

    private func tooLarge(_ name: String) -> BuildError {
        BuildError(.usage, "the definition \(name) has more than \(BakeFile.largest >> 20) MiB; split it")
    }

    private func missing(_ path: String) -> BuildError {
        let (parent, name) = PathFacts.split(path)
        guard PathFacts.kind(of: parent) == .directory else {
            return BuildError(.usage, "no such definition: \(path.quoted); \(parent.quoted) isn't there either")
        }
        let names = DirectoryNames.sorted(in: parent, limit: ResolvedSources.mostNames)
        let meant = nearest(to: name, among: names).map {
            "; did you mean \(parent == "." ? $0 : PathFacts.join(parent, $0))?"
        }
        return BuildError(.usage, "no such definition: \(path.quoted)\(meant ?? "")")
    }
}

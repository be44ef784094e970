import CaissonSystem
import CaissonText
import CaissonArchive
import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import CaissonListings
import FoundationEssentials
import Glibc

extension ContextCommand.List {
    func run() async throws {
        try await ContextWork.run { isCancelled in
            let listing = ContextListing(try source.selection())
            let remarks: ContextRemarks
            do throws(BuildContextError) {
                remarks = try ContextText.list(listing, asJSON: format == .json, isCancelled) {
                    bytes throws(BuildContextError) in
                    try BorrowedDescriptor.standardOutput.writeListing(bytes)
                }
            } catch {
                // `| head` has seen enough: nothing to complain of.
                if error.code == .closed { throw ExitCode(1) }
                throw ContextWork.translated(error)
            }
            ContextText.complain(remarks)
        }
    }
}

extension ContextCommand.Size {
    func run() async throws {
        try await ContextWork.run { isCancelled in
            var size = ContextSize(depth: depth)
            let selection = try source.selection()
            let remarks = try ContextWork.translating { () throws(BuildContextError) in
                try ContextListing(selection).forEachBatch(isCancelled: isCancelled) { batch in
                    for entry in batch { size.add(entry) }
                }
            }
            let ignoreFile = selection.ignoreFileName
            switch format {
            case .table:
                try BorrowedDescriptor.standardOutput.writeResult(ContextText.table(size, ignoreFile: ignoreFile))
            case .json:
                try BorrowedDescriptor.standardOutput.writeResult(BuilderText.json(ContextSizeReport(size, ignoreFile)))
            }
            ContextText.complain(remarks)
        }
    }
}

extension ContextCommand.Explain {
    func run() async throws {
        try await ContextWork.run { _ in
            let selection = try source.selection()
            let path = try Self.underRoot(path, directory: source.directory)
            let explanation = try ContextWork.translating(.usage) { () throws(BuildContextError) in
                try selection.explain(path)
            }
            switch format {
            case .table: try BorrowedDescriptor.standardOutput.writeResult(ContextText.table(explanation, selection))
            case .json:
                try BorrowedDescriptor.standardOutput.writeResult(
                    BuilderText.json(ContextExplanationReport(explanation))
                )
            }
        }
    }

    /// An absolute path is one in the directory; others are taken from there on.
    static func underRoot(_ path: String, directory: String) throws(BuildError) -> [UInt8] {
        guard !path.isEmpty else { throw BuildError(.usage, "the path to explain is empty") }
        guard path.hasPrefix("/") else { return path.pathBytes }
        guard let root = realpath(directory.cPath, nil) else { return path.pathBytes }
        defer { free(root) }
        let text = String(cPath: root)
        guard path != text else { return [UInt8(ascii: ".")] }
        guard path.hasPrefix(text == "/" ? text : text + "/") else {
            throw BuildError(.usage, "\(path.quoted) is not in the directory \(text.quoted); give a path from there on")
        }
        return Array(path.pathBytes.dropFirst(text == "/" ? 1 : text.pathBytes.count + 1))
    }
}

extension ContextCommand.Export {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let time = try Self.time(environment["SOURCE_DATE_EPOCH"])
        if output == "-", BorrowedDescriptor.standardOutput.isTerminal {
            throw BuildError(.usage, "the tar would go to the terminal; redirect standard output or give --output FILE")
        }
        try await ContextWork.run { isCancelled in
            let selection = try source.selection()
            var options = ContextTar.Options()
            options.compression = compress
            options.fixedTime = time
            let file = try TarOutput.open(output)
            (options.output, options.temporary) = file.identities
            let (descriptor, shown) = (file.descriptor, file.shown)
            let remarks = try ContextWork.translating { () throws(BuildContextError) in
                let sink = DescriptorSink(descriptor, name: shown, isCancelled: isCancelled)
                let tar = ContextTar(selection, options: options)
                return try tar.write(isCancelled: isCancelled) { bytes throws(ArchiveError) in
                    try sink.write(bytes)
                }.remarks
            }
            try file.keep()
            ContextText.complain(remarks)
        }
    }

    static func time(_ text: String?) throws(BuildError) -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        guard let seconds = Int64(text), seconds >= 0 else {
            throw BuildError(.usage, "SOURCE_DATE_EPOCH is \(text.quoted), which is no number of seconds since 1970")
        }
        return seconds
    }
}

extension ContextOptions {
    /// Reads what decides about the directory; what isn't there or can't be understood is wrong input.
    func selection() throws(BuildError) -> ContextSelection {
        if case .regular = PathFacts.kind(of: directory) {
            throw BuildError(.usage, "\(directory.quoted) is a file; give a directory, and the Dockerfile with --file")
        }
        // As with docker, an empty name is none.
        let dockerfile = file.flatMap { $0.isEmpty ? nil : $0 }
        return try ContextWork.translating(.usage) { () throws(BuildContextError) in
            try ContextSelection(directory: directory, dockerfile: dockerfile)
        }
    }
}

extension BorrowedDescriptor {
    /// Writes a piece of a listing; a reader that has seen enough ends the command without a word.
    func writeListing(_ bytes: [UInt8]) throws(BuildContextError) {
        do throws(Errno) {
            try write(bytes)
        } catch {
            guard error.number != EPIPE else {
                throw BuildContextError(.closed, "the reader of standard output went away")
            }
            throw BuildContextError(.system, "can't write to standard output: \(error)")
        }
    }
}

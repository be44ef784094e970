import CaissonArchive

/// Puts the batches of a context into a tar, in the order in which they come.
struct TarAssembly: ~Copyable {
    private var writer: TarWriter
    private let shared: ContextPacker.Shared
    private var summary: ContextTar.Summary
    private var order = EntryOrder()
    /// Whether the content that comes next belongs to a file that was written under another name.
    private var skipsContent = false

    init(writer: consuming TarWriter, shared: ContextPacker.Shared, summary: ContextTar.Summary) {
        self.writer = writer
        self.shared = shared
        self.summary = summary
    }

    /// Writes what is in a batch, so that the batch can be filled again.
    mutating func take(_ batch: ContentBatch) throws(BuildContextError) {
        var at = 0
        for record in batch.records {
            switch record {
            case .step(let step): try take(step)
            case .content(let count):
                if !skipsContent { try write(content: batch.bytes(at: at, count)) }
                at += count
            case .encoded(let run):
                for directory in order.flush() { try write(directory) }
                try write(run, batch.bytes(at: at, run.bytes))
                at += run.bytes
            }
        }
        shared.pool.give(batch)
    }

    /// Puts a file into the tar that the context doesn't have.
    mutating func add(_ addition: ContextTar.Addition) throws(BuildContextError) {
        do throws(ArchiveError) {
            try writer.add(addition, time: shared.fixedTime ?? 0)
        } catch {
            throw BuildContextError(error)
        }
        summary.entries += 1
        summary.contentBytes += Int64(addition.content.count)
    }

    /// Ends the tar.
    consuming func finish() throws(BuildContextError) -> ContextTar.Summary {
        let summary = summary
        do throws(ArchiveError) {
            try writer.finish()
        } catch {
            throw BuildContextError(error)
        }
        return summary
    }

    private mutating func take(_ step: WalkStep) throws(BuildContextError) {
        switch step {
        case .enter(let entry, let isIncluded):
            for directory in order.enter(entry, isIncluded: isIncluded) { try write(directory) }
        case .leave: order.leave()
        case .file(var entry, let identity):
            if let identity {
                entry.linkname = order.firstPath(of: identity, entry.path) ?? []
                shared.written.insert(identity)
            }
            skipsContent = entry.isHardLink
            for directory in order.flush() { try write(directory) }
            try write(entry)
        case .notice(let notice): summary.remarks.notices.append(notice)
        case .sensitive(let file): summary.remarks.sensitive.append(file)
        case .failure(let error): throw error
        }
    }

    private mutating func write(_ entry: Entry) throws(BuildContextError) {
        var next = TarEntry(path: entry.path, kind: .directory, permissions: entry.mode.octal)
        next.modificationTime = shared.fixedTime ?? Self.seconds(entry.modificationTime)
        next.attributes = entry.attributes.map { TarAttribute(name: $0.name, value: $0.value) }
        if entry.mode.isSymlink {
            next.kind = .symbolicLink(target: entry.linkname)
        } else if entry.isHardLink {
            next.kind = .hardLink(target: entry.linkname)
        } else if entry.mode.isRegular {
            next.kind = .file(size: entry.size)
        } else if entry.mode.contains(.namedPipe) {
            next.kind = .fifo
        } else if entry.mode.contains(.device) {
            let (major, minor) = (UInt64(entry.deviceMajor), UInt64(entry.deviceMinor))
            let isCharacter = entry.mode.contains(.characterDevice)
            next.kind =
                isCharacter ? .characterDevice(major: major, minor: minor) : .blockDevice(major: major, minor: minor)
        }
        do throws(ArchiveError) {
            try writer.add(next)
        } catch {
            throw BuildContextError(error)
        }
        summary.entries += 1
    }

    private mutating func write(content bytes: UnsafeRawBufferPointer) throws(BuildContextError) {
        do throws(ArchiveError) {
            try writer.write(bytes)
        } catch {
            throw BuildContextError(error)
        }
        summary.contentBytes += Int64(bytes.count)
    }

    private mutating func write(
        _ run: ContentBatch.Encoded,
        _ bytes: UnsafeRawBufferPointer
    ) throws(BuildContextError) {
        do throws(ArchiveError) {
            try writer.write(encoded: bytes)
        } catch {
            throw BuildContextError(error)
        }
        summary.entries += run.entries
        summary.contentBytes += Int64(run.content)
    }

    /// Whole seconds, rounded down even before 1970.
    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

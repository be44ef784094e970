import NIOCore

/// What the engine keeps in its history of a build that has ended.
package struct BuildRecord: Sendable, Hashable {
    /// The statements about the build, by the platforms of its result; `""` stands for a result without platforms.
    package var attestations: [String: [RecordDescriptor]] = [:]
}

/// What names content in the engine's store.
package struct RecordDescriptor: Sendable, Hashable {
    /// Its media type.
    package var mediaType: String
    /// Its digest, with the algorithm before it.
    package var digest: String
    /// Its size in bytes, according to the engine.
    package var size: Int64
    /// What is said of it, such as `in-toto.io/predicate-type`.
    package var annotations: [String: String]

    init(_ wire: WireBuildRecordDescriptor) {
        mediaType = wire.mediaType
        digest = wire.digest
        size = wire.size
        annotations = wire.annotations
    }
}

extension ControlClient {
    /// The engine's record of a build that has ended; nil if there is none, as on engines before BuildKit 0.11.
    ///
    /// (docker/buildx build/provenance.go)
    package func record(of ref: String) async throws -> BuildRecord? {
        var request = WireBuildHistoryRequest()
        request.ref = ref
        request.earlyExit = true
        do {
            return try await client.call("/moby.buildkit.v1.Control/ListenBuildHistory") { [request] reader, writer in
                try await writer.send(request, isLast: true)
                return try await Self.lastRecord(of: ref, in: &reader)
            }
        } catch let error as GRPCError where error.code == .unimplemented {
            return nil
        }
    }

    private static func lastRecord(of ref: String, in events: inout MessageReader) async throws -> BuildRecord? {
        var record: BuildRecord?
        while let message = try await events.next() {
            let event = try message.decoded(WireBuildHistoryEvent.self)
            guard event.hasRecord, event.record.ref == ref else { continue }
            record = BuildRecord(event.record)
        }
        return record
    }

    /// Content of the engine's store, of at most `limit` bytes; the caller has to check it against the digest.
    ///
    /// (containerd api/services/content/v1/content.proto: `Read`)
    /// - Throws: `GRPCError` with code `notFound` where the engine doesn't have it, `resourceExhausted` beyond the
    ///   limit.
    package func content(_ digest: String, limit: Int) async throws -> [UInt8] {
        var request = WireContentReadRequest()
        request.digest = digest
        return try await client.call("/containerd.services.content.v1.Content/Read") { [request] reader, writer in
            try await writer.send(request, isLast: true)
            return try await Self.content(digest, in: &reader, limit: limit)
        }
    }

    private static func content(
        _ digest: String,
        in messages: inout MessageReader,
        limit: Int
    ) async throws -> [UInt8] {
        var content: [UInt8] = []
        while var message = try await messages.next() {
            while let bytes = try message.readBytes(ofField: 2) {
                guard content.count + bytes.readableBytes <= limit else {
                    throw GRPCError(.resourceExhausted, "\(digest) is larger than \(limit) bytes")
                }
                content += bytes.readableBytesView
            }
        }
        return content
    }
}

extension BuildRecord {
    init(_ wire: WireBuildHistoryRecord) {
        for (platform, result) in wire.results {
            attestations[platform] = result.attestations.map(RecordDescriptor.init)
        }
        if wire.results.isEmpty { attestations[""] = wire.result.attestations.map(RecordDescriptor.init) }
    }
}

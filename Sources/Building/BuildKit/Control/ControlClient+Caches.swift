package import CaissonBuildModel
import CaissonText

/// What the engine keeps of builds (moby/buildkit api/services/control/control.proto, DiskUsage and Prune).
extension ControlClient {
    /// The records of the engine's build cache, in no order.
    ///
    /// - Parameter filters: In the language of containerd's filters; a record is told of when one of them holds, or
    ///   there is none.
    /// - Throws: `GRPCError`, for an answer of more than 16 MiB too, where a filter helps.
    package func cacheRecords(_ filters: [String]) async throws -> [CacheRecord] {
        var request = WireDiskUsageRequest()
        request.filter = filters
        return try await client.unary(
            "/moby.buildkit.v1.Control/DiskUsage",
            request,
            as: WireDiskUsageResponse.self
        ).record.map(CacheRecord.init)
    }

    /// Removes records of the engine's build cache.
    ///
    /// - Parameters:
    ///   - prune: What goes.
    ///   - removed: Is told each record that is gone, as soon as it is.
    /// - Throws: `GRPCError`; what was told is gone.
    package func prune(_ prune: CachePrune, removed: (CacheRecord) -> Void) async throws {
        try await client.call("/moby.buildkit.v1.Control/Prune") { reader, writer in
            try await writer.send(WirePruneRequest(prune), isLast: true)
            while let message = try await reader.next() {
                removed(CacheRecord(try message.decoded(WireUsageRecord.self)))
            }
        }
    }
}

extension WirePruneRequest {
    init(_ prune: CachePrune) {
        self.init()
        filter = prune.filters
        all = prune.includesAll
        keepDuration = Self.nanoseconds(prune.keepDuration)
        reservedSpace = max(prune.reservedBytes, 0)
        maxUsedSpace = max(prune.maximumBytes, 0)
        minFreeSpace = max(prune.freeBytes, 0)
    }

    /// A span as Go has it, whose longest is 292 years.
    private static func nanoseconds(_ span: Duration) -> Int64 {
        let (seconds, attoseconds) = span.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return isOver ? .max : whole.clampedAdding(attoseconds / 1_000_000_000)
    }
}

extension CacheRecord {
    init(_ wire: WireUsageRecord) {
        self.init(id: wire.id, kind: CacheRecordKind(rawValue: wire.recordType))
        // BuildKit before 0.9 knows one parent.
        parents = wire.parents.isEmpty && !wire.parent.isEmpty ? [wire.parent] : wire.parents
        description = wire.description_p
        size = wire.size
        isInUse = wire.inUse
        isMutable = wire.mutable
        isShared = wire.shared
        created = Timestamp(wire.createdAt)
        lastUsed = wire.hasLastUsedAt ? Timestamp(wire.lastUsedAt) : nil
        usageCount = Int(clamping: wire.usageCount)
    }
}

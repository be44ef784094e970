import CaissonBuildModel
import Glibc
import NIOCore
import NIOHTTP2
import Testing

@testable import CaissonBuildKit

/// Two connected stream sockets.
func makeSockets() -> (CInt, CInt) {
    var pair: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    socketpair(AF_UNIX, kind, 0, &pair)
    return (pair[0], pair[1])
}

/// What didn't happen in time.
struct TimedOut: Error {}

/// Runs `work` in a child task and throws `TimedOut` when it takes longer; the child must then end by its cancellation.
func within<Value: Sendable>(
    _ limit: Duration = .seconds(30),
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimedOut()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TimedOut() }
        return value
    }
}

/// Serves a session on one end of a socket pair while `engine` opens calls on the other.
func withSession<Value: Sendable>(
    _ services: [any SessionService],
    on sockets: (session: CInt, engine: CInt) = makeSockets(),
    _ engine: @escaping @Sendable (GRPCClient) async throws -> Value
) async throws -> Value {
    try await within {
        let session = Session(sharedKey: "key", services: services)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await session.serve(over: ByteStream(descriptor: sockets.session)) }
            defer { group.cancelAll() }
            return try await GRPCConnection.with(
                ByteStream(descriptor: sockets.engine),
                role: .client,
                keepalive: .minutes(6)
            ) { try await engine(GRPCClient(connection: $0)) }
        }
    }
}

/// Speaks to a control service that answers with `handlers`; without any it accepts connections and nothing else.
func withStubControl<Value: Sendable>(
    _ handlers: [String: SessionHandler],
    _ body: @escaping @Sendable (ControlClient) async throws -> Value
) async throws -> Value {
    let (client, server) = makeSockets()
    return try await within {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await GRPCConnection.with(
                    ByteStream(descriptor: server),
                    role: .server,
                    keepalive: .minutes(6)
                ) { try await GRPCServer(handlers: handlers).serve($0) }
            }
            defer { group.cancelAll() }
            return try await withBuildKit(over: ByteStream(descriptor: client)) { try await body($0) }
        }
    }
}

/// The error that `body` ends with.
func gRPCError(_ body: () async throws -> Void) async -> GRPCError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? GRPCError
    }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// That many bytes, at most.
    mutating func bytes(upTo most: Int) -> [UInt8] {
        (0..<Int.random(in: 0...most, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// How many descriptors the process has open.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Waits up to five seconds until the condition holds.
func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<250 {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return await condition()
}

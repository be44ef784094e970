import CaissonBuildModel
import Foundation
import Testing

@testable import CaissonSecrets

@Suite struct SecretRotationTests {
    private func request(_ ids: [String]) -> BuildRequest {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array("FROM scratch\n".utf8)))
        request.secrets = ids.map { SecretSpec(id: $0, source: .environment("V"), rotates: true) }
        return request
    }

    private func arguments(_ value: String, salt: String) async throws -> [String: String] {
        let request = request(["npm-token"])
        let store = try await SecretStore(request, environment: ["V": value])
        let environment = [SecretRotation.variable: salt]
        return try SecretRotation(request).attributes(store, environment: environment, home: "/")
    }

    @Test func `the digest changes with the value and the salt, and with nothing else`() async throws {
        let first = try await arguments("one-value", salt: "salt")
        #expect(first.keys.sorted() == ["build-arg:CAISSON_SECRET_NPM_TOKEN"])
        #expect(first["build-arg:CAISSON_SECRET_NPM_TOKEN"]?.count == 32)
        #expect(try await arguments("one-value", salt: "salt") == first)
        #expect(try await arguments("two-value", salt: "salt") != first)
        #expect(try await arguments("one-value", salt: "pepper") != first)
    }

    @Test func `the digest is HMAC-SHA256`() throws {
        // printf 'id\0value' | openssl dgst -sha256 -hmac salt
        let digest = SecretRotation.digest("id", try LockedBytes(copying: Array("value".utf8)), Array("salt".utf8))
        #expect(digest == "7786d6b23cbc175eae16224099c7ba52")
        let long = SecretRotation.digest(
            "id",
            try LockedBytes(copying: Array("value".utf8)),
            [UInt8](repeating: UInt8(ascii: "k"), count: 100)
        )
        #expect(long == "db5abdc44d0347be0d840327aa50fe7c")
    }

    @Test func `two secrets of one argument, or the user's own, are refused`() {
        #expect(throws: BuildError.self) { try SecretRotation(request(["a-b", "a_b"])) }
        var own = request(["a"])
        own.buildArgs["CAISSON_SECRET_A"] = "1"
        #expect(throws: BuildError.self) { try SecretRotation(own) }
    }

    @Test func `the salt is made once, for its owner alone`() throws {
        let directory = NSTemporaryDirectory() + "caisson-salt-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let salt = try SaltFile(directory: directory).read()
        #expect(salt.count == 32)
        #expect(try SaltFile(directory: directory).read() == salt)
        let path = directory + "/secret-salt"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["secret-salt"])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: BuildError.self) { try SaltFile(directory: directory).read() }
    }
}

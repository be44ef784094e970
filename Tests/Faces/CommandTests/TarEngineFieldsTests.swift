import CaissonBuildModel
import CaissonEngines
import Testing

@testable import caisson

/// `TarEngineFields` against the command's flags: on podman and on the classic builder none is dropped in silence.
@Suite("Flags on engines that take a tar") struct TarEngineFieldsTests {
    /// Words that ask for each flag that one of the engines refuses, whole or in part.
    private static let refused: [(flag: String, words: [String], podman: Bool, classic: Bool)] = [
        ("--no-cache-filter", ["--no-cache-filter", "a", "."], true, true),
        ("--secret", ["--secret", "id=a,env=A", "."], true, true), ("--ssh", ["--ssh", "default", "."], true, true),
        ("--build-context", ["--build-context", "a=docker-image://b", "."], true, true),
        ("--allow", ["--allow", "network.host", "."], true, true),
        ("--annotation", ["--annotation", "a=b", "-t", "c", "."], true, true),
        ("--attest", ["--attest", "type=sbom", "."], true, true),
        ("--provenance", ["--provenance", "mode=max", "."], true, true),
        ("--sbom", ["--sbom", "true", "."], true, true),
        ("--cache-from", ["--cache-from", "a", "."], true, true),
        ("--cache-to", ["--cache-to", "type=inline", "."], true, true),
        ("--cache-on-failure", ["--cache-on-failure", "--cache-to", "type=registry,ref=r", "."], true, true),
        ("--cache-timeout", ["--cache-timeout", "3s", "."], true, true),
        ("--retry", ["--retry", "1", "."], true, true),
        ("--registry-insecure", ["--registry-insecure", "h:1", "."], true, true),
        ("--resource", ["--resource", "memory=1g", "."], true, true),
        ("--output", ["--output", "type=oci,dest=d,tar=false", "."], true, true),
        ("--add-host", ["--add-host", "h:host-gateway", "."], true, false),
        ("--output", ["--output", "type=local,dest=d", "."], true, true),
        ("--output", ["--output", "type=tar,dest=d", "."], true, true),
        ("--output", ["--output", "type=oci,dest=d", "."], false, true),
        ("--output", ["--output", "type=oci,dest=d,compression=zstd", "."], true, true),
        ("--output", ["--output", "type=image,oci-mediatypes=true", "."], true, true),
        ("--file", ["--file", "/D", "https://example.test/a.git"], true, true),
        ("--file", ["--file", "D", "https://example.test/a.git"], true, false),
    ]

    /// Flags that no field stands for: what the command does itself, and other words for flags that have a field.
    private static let ownFlags = [
        "--check", "--force-rm", "--help", "--iidfile", "--metadata-file", "--no-history", "--no-mask", "--progress",
        "--quiet", "--report", "--rm",
        "--strict-cache",
    ]

    @Test("every flag of caisson build has a row or is the command's own, and every row is a flag's")
    func rows() {
        let rows = TarEngineFields.rows.map(\.field)
        #expect(Set(rows) == Set(RequestField.allCases) && rows.count == RequestField.allCases.count)
        let known = rows.map(\.flag) + Self.ownFlags
        #expect(Set(known).count == known.count)
        let missing = Set(BuildFlags.booleans + BuildFlags.values).symmetricDifference(known)
        #expect(
            missing.isEmpty,
            "decide in TarEngineFields what podman and the classic builder do with \(missing.sorted())"
        )
    }

    @Test("what an engine lacks is refused by the flag's name, as wrong usage")
    func refusals() throws {
        for row in Self.refused {
            let request = try buildRequest(row.words)
            for (isPodman, isRefused) in [(true, row.podman), (false, row.classic)] {
                let refusal = TarEngineFields.refusal(request, onPodman: isPodman)
                #expect((refusal != nil) == isRefused, "\(row.words) on \(isPodman ? "podman" : "the classic builder")")
                guard let refusal else { continue }
                let message = refusal.spelled(\.flag).message
                #expect(message.contains(row.flag), "\(message)")
                #expect(refusal.exitStatus == 2)
            }
        }
    }

    @Test("every row that refuses is among the refusals")
    func refusedRows() {
        // These are refused where they are asked, before there is a request, or need a file.
        for row in TarEngineFields.rows
        where ![.classicBuilder, .question, .sourcePolicy].contains(row.field) {
            let podman = Self.refused.contains { $0.flag == row.field.flag && $0.podman }
            let classic = Self.refused.contains { $0.flag == row.field.flag && $0.classic }
            #expect(podman == [.refused, .partly].contains(row.podman), "\(row.field)")
            #expect(classic == [.refused, .partly].contains(row.classic), "\(row.field)")
        }
    }

    @Test("what an engine is sent isn't refused")
    func sent() throws {
        let words = [
            "--add-host", "a:1.2.3.4", "--build-arg", "A=1", "--cgroup-parent", "/x", "-f", "D", "--label", "l",
            "--network",
            "none", "--no-cache", "--platform", "linux/arm64", "--pull", "--shm-size", "64m", "-t", "a", "--target",
            "t",
            "--ulimit", "nofile=1:2", "--push", "--load", "--output", "type=docker,dest=d", "ctx",
        ]
        let request = try buildRequest(words)
        for isPodman in [true, false] { #expect(TarEngineFields.refusal(request, onPodman: isPodman) == nil) }
    }
}

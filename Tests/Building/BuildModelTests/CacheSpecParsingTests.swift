import CaissonBuildModel
import Testing

@Suite("Caches")
struct CacheSpecParsingTests {
    private static func problem(_ text: String, _ direction: CacheSpec.Direction) -> String? {
        do {
            _ = try CacheSpec.list(parsing: text, as: direction)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "A good cache is read and its description is read back as the same",
        arguments: [
            ("user/app:cache", .source, [CacheSpec(kind: .registry, attributes: ["ref": "user/app:cache"])]),
            (
                "a,r.example:5000/b:c", .source,
                ["a", "r.example:5000/b:c"].map { CacheSpec(kind: .registry, attributes: ["ref": $0]) }
            ),
            (
                "type=registry,ref=a,mode=max,compression=zstd,compression-level=9,force-compression=true",
                .destination,
                [
                    CacheSpec(
                        kind: .registry,
                        attributes: [
                            "ref": "a", "mode": "max", "compression": "zstd", "compression-level": "9",
                            "force-compression": "true",
                        ]
                    )
                ]
            ),
            (
                "TYPE=local,\"dest=a,b\",Tag=x,reset=true,ignore-error=false", .destination,
                [
                    CacheSpec(
                        kind: .local,
                        attributes: ["dest": "a,b", "tag": "x", "reset": "true", "ignore-error": "false"]
                    )
                ]
            ),
            ("type=local,src=a=b", .source, [CacheSpec(kind: .local, attributes: ["src": "a=b"])]),
            ("type=inline", .destination, [CacheSpec(kind: .inline)]),
            (
                "type=gha,scope=x,timeout=10m", .source,
                [CacheSpec(kind: .gha, attributes: ["scope": "x", "timeout": "10m"])]
            ),
            (
                "type=s3,bucket=b,region=r,upload_parallelism=8,touch_refresh=24h", .destination,
                [
                    CacheSpec(
                        kind: .s3,
                        attributes: ["bucket": "b", "region": "r", "upload_parallelism": "8", "touch_refresh": "24h"]
                    )
                ]
            ),
            (
                "type=azblob,name=n,container=c,mode=max", .destination,
                [CacheSpec(kind: .azblob, attributes: ["name": "n", "container": "c", "mode": "max"])]
            ),
            (
                "type=registry,ref=a,mode=max,ignore-error=true", .source,
                [CacheSpec(kind: .registry, attributes: ["ref": "a", "mode": "max", "ignore-error": "true"])]
            ),
            ("", .source, []),
        ] as [(String, CacheSpec.Direction, [CacheSpec])]
    )
    func good(text: String, direction: CacheSpec.Direction, caches: [CacheSpec]) throws {
        #expect(try CacheSpec.list(parsing: text, as: direction) == caches)
        for cache in caches { #expect(try CacheSpec.list(parsing: cache.description, as: direction) == [cache]) }
    }

    @Test(
        "A wrong cache is refused by name, with what was meant",
        arguments: [
            ("type=registri,ref=a", .source, "did you mean registry?"),
            ("type=registry,reff=a", .source, "did you mean ref?"),
            ("type=registry", .destination, "needs ref="), ("type=local", .source, "needs src="),
            ("type=local,src=a", .destination, "type=local needs dest="),
            ("type=registry,ref=A", .source, "must be lowercase"),
            ("type=registry,ref=a,mode=all", .destination, "min or max"),
            ("type=inline,mode=max", .destination, "mode=min alone"),
            ("type=inline", .source, "type=registry,ref=IMAGE"),
            ("type=registry,ref=a,compression=lz4", .destination, "gzip"), ("ref=a", .source, "type is missing"),
            ("type=registry,ref=a,ref=b", .source, "given twice"), ("type=gha,timeout=soon", .source, "90s"),
            ("type=registry,ref=a,ignore-error=maybe", .destination, "true or false"),
            ("type=registry,\"ref=a", .source, "quotes"), ("type=registry,ref", .source, "no '='"),
            ("type=registry,ref=a\0", .source, "NUL"), ("type=local,src=a,digest=md5:1", .source, "sha256"),
            ("a b", .source, "invalid"), ("type=s3,upload_parallelism=x", .destination, "whole number"),
        ] as [(String, CacheSpec.Direction, String)]
    )
    func wrong(text: String, direction: CacheSpec.Direction, words: String) {
        #expect(
            Self.problem(text, direction)?.contains(words) == true,
            "\(Self.problem(text, direction) ?? "accepted")"
        )
    }

    @Test("No credential is in any text made of a cache or of an error about one")
    func secrets() throws {
        let text = "type=s3,bucket=b,access_key_id=HIDDEN1,secret_access_key=HIDDEN2,session_token=HIDDEN3"
        let cache = try #require(try CacheSpec.list(parsing: text, as: .source).first)
        var dumped = ""
        dump(cache, to: &dumped)
        #expect(!"\(cache) \(String(reflecting: cache)) \(dumped) \(cache.name)".contains("HIDDEN"))
        for wrong in [text + ",x=1", text + ",\"", "type=s4,\"secret_access_key=HIDDEN\",Token=HIDDEN"] {
            let problem = try #require(Self.problem(wrong, .source))
            #expect(!problem.contains("HIDDEN"), "\(problem)")
        }
    }

    @Test("The environment's credentials fill in what a cache has none of, and nothing else")
    func environment() throws {
        let s3 = CacheSpec(kind: .s3, attributes: ["bucket": "b"])
        let amazon = ["AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        let filled = try #require(s3.withCredentials(of: amazon))
        #expect(
            filled.attributes == [
                "bucket": "b", "access_key_id": "i", "secret_access_key": "s", "session_token": "t",
            ]
        )
        let own = CacheSpec(kind: .s3, attributes: ["access_key_id": "a", "secret_access_key": "b"])
        #expect(own.withCredentials(of: amazon) == own)
        let github = CacheSpec(kind: .gha)
        #expect(github.withCredentials(of: [:]) == nil)
        let runner = ["ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_RESULTS_URL": "u", "ACTIONS_CACHE_SERVICE_V2": "true"]
        #expect(github.withCredentials(of: runner)?.attributes == ["token": "t", "url": "u", "url_v2": "u"])
    }

    @Test("Two caches that would overwrite each other are refused before anything runs")
    func twice() throws {
        var request = BuildRequest(context: .empty)
        request.caches.destinations = [
            CacheSpec(kind: .registry, attributes: ["ref": "a", "mode": "min"]),
            CacheSpec(kind: .registry, attributes: ["ref": "a", "mode": "max"]),
        ]
        #expect(throws: BuildError.self) { try request.check() }
        request.caches.destinations[1].attributes["ref"] = "b"
        try request.check()
        request.caches.destinations = [CacheSpec(kind: .inline)]
        request.caches.coversFailure = true
        #expect(throws: BuildError.self) { try request.check() }
    }

    @Test(
        "Spans of time are read as Go reads them",
        arguments: [
            ("90s", .seconds(90)), ("1h30m", .seconds(5400)), ("500ms", .milliseconds(500)), ("7", .seconds(7)),
            ("1.5s", .milliseconds(1500)), ("", nil), ("s", nil), ("-1s", nil), ("1x", nil), ("1", .seconds(1)),
            ("99999999999999h", nil), ("1..5s", nil),
        ] as [(String, Duration?)]
    )
    func spans(text: String, span: Duration?) {
        #expect(Timespan(parsing: text)?.duration == span)
    }

    @Test(
        "spans of time print as they are read",
        arguments: [
            ("90s", "1m30s"), ("5m", "5m"), ("2h", "2h"), ("1h0m1.25s", "1h1.25s"), ("500ms", "500ms"), ("0", "0s"),
            ("1500ms", "1.5s"), ("7", "7s"), ("25h61m", "26h1m"),
        ]
    )
    func printedSpans(text: String, printed: String) {
        let span = Timespan(parsing: text)
        #expect(span?.description == printed)
        #expect(Timespan(parsing: printed) == span)
    }
}

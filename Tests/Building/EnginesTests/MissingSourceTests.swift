import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct MissingSourceTests {
    @Test(arguments: [
        ("[1/2] COPY a b/c /d", ["a", "b/c"]), ("[stage 2/3] add --chown=1:1 a /", ["a"]), ("COPY a /", ["a"]),
        ("[1/1] COPY [\"a b\", \"c\", \"/\"]", ["a b", "c"]), ("[1/1] COPY --from=x a /", []), ("[1/1] RUN cp a /", []),
        ("[1/1] ADD https://x.example/a b /", ["b"]), ("[1/1] COPY *.md a? [ab] /", []), ("[1/1] COPY <<E /x", []),
        ("[1/1] COPY", []), ("", []), ("[", []), ("[1/1] COPY a", []),
    ])
    func `the sources of a step are its paths in the context`(name: String, sources: [String]) {
        #expect(BuildError.contextSources(ofStep: name) == sources)
    }
}

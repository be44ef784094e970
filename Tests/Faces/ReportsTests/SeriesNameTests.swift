import CaissonBuildModel
import CaissonInsights
import CaissonReports
import Testing

struct SeriesNameTests {
    private static func series(
        _ name: String?,
        _ file: String? = nil,
        stage: String? = nil,
        in directory: String = "/home/me/shop",
        change: (inout BuildSubmission) -> Void = { _ in }
    ) -> BuildSeries {
        var submission = BuildSubmission(SimulatedHistory.id(1), .build, at: SimulatedHistory.start)
        (submission.name, submission.dockerfile, submission.target) = (name, file, stage)
        submission.context = "."
        submission.invocation = .init(["build"], in: directory)
        change(&submission)
        return BuildSeries(submission)
    }

    @Test(
        arguments: [
            (series("web", "Dockerfile"), "shop/web:1", "web"),
            (series(nil, "Dockerfile"), "registry.example/shop/api:1.2", "registry.example/shop/api"),
            (series(nil, "Dockerfile"), "docker.io/library/api@sha256:\(String(repeating: "a", count: 64))", "api"),
            (series(nil, "Dockerfile"), nil, "Dockerfile in shop"),
            (series(nil, "dev.Dockerfile", stage: "test"), nil, "dev.Dockerfile, stage test in shop"),
            (series(nil, nil, in: ""), nil, "Dockerfile"), (series(nil, nil, in: "/"), nil, "Dockerfile"),
            (series("", "Dockerfile"), "NOT an image", "NOT an image"),
        ] as [(BuildSeries, String?, String)]
    )
    func `A series is called by its target, else its image, else its Dockerfile`(
        series: BuildSeries,
        image: String?,
        name: String
    ) {
        #expect(SeriesName(series, image: image).short == name)
    }

    @Test
    func `What is called alike is told apart by what differs`() {
        let all = [
            SeriesName(Self.series("web"), image: nil), SeriesName(Self.series("web", in: "/srv/blog"), image: nil),
            SeriesName(Self.series("web", in: "/srv/x/blog"), image: nil), SeriesName(Self.series("api"), image: nil),
            SeriesName(Self.series("web") { $0.platforms = ["linux/arm64"] }, image: nil),
        ]
        let names = SeriesName.names(all)
        #expect(Set(names).count == names.count)
        #expect(names[3] == "api")
        #expect(names[1] == "web (/srv/blog)")
        #expect(names[4] == "web (linux/arm64)")
    }

    @Test
    func `Names without any difference get numbers`() {
        let same = SeriesName(Self.series("web"), image: nil)
        let other = SeriesName(Self.series("web #2"), image: nil)
        let names = SeriesName.names([same, same, other, same])
        #expect(names.count == 4 && Set(names).count == 4)
        #expect(names.first == "web")
        #expect(SeriesName.names([]).isEmpty)
    }

    @Test
    func `Hostile names are short and harmless`() {
        let name = SeriesName(Self.series(Samples.hostileName), image: Samples.hostileName).short
        #expect(name.utf8.count <= 70)
        #expect(!name.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E })
        let names = SeriesName.names(
            (0..<300).map { SeriesName(Self.series(Samples.hostileName, in: "/d\($0)"), image: nil) }
        )
        #expect(Set(names).count == 300)
    }
}

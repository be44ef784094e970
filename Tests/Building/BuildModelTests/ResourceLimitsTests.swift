import CaissonBuildModel
import Testing

@Suite("What a RUN step may take")
struct ResourceLimitsTests {
    @Test("Limits are read into the front end's names and units")
    func good() throws {
        let text =
            "memory=512m,memory-swap=-1,cpu-quota=50000,cpu-period=100000,cpu-shares=2,cpuset-cpus=0,2-3,cpuset-mems=0"
        #expect(
            try ResourceLimits(parsing: text).attributes == [
                "memory": "536870912", "memswap": "-1", "cpuquota": "50000", "cpuperiod": "100000", "cpushares": "2",
                "cpusetcpus": "0,2-3", "cpusetmems": "0",
            ]
        )
        var limits = try ResourceLimits(parsing: "memory=1g,cpu-shares=1")
        limits.merge(try ResourceLimits(parsing: "memory=2g"))
        #expect(limits.attributes == ["memory": "2147483648", "cpushares": "1"])
    }

    @Test(
        "What is no limit is refused",
        arguments: [
            "", "memory", "memory=0", "memory=-1", "memory=much", "memori=1g", "cpu-shares=0", "cpu-quota=-1",
            "cpuset-cpus=3-1", "cpuset-cpus=a", "cpuset-cpus=", "\"memory=1g",
        ]
    )
    func bad(text: String) {
        #expect(throws: ParseError.self) { try ResourceLimits(parsing: text) }
    }
}

import CaissonBuildModel
import Testing

@testable import CaissonEngineDiscovery

@Suite("Programs that reach engines elsewhere")
struct DialCommandTests {
    private static let docker = "command -v docker >/dev/null 2>&1 && exec docker system dial-stdio; "

    @Test("an ssh address is docker's")
    func ssh() throws {
        let plain = try DialCommand.reaching("ssh://box")
        #expect(plain?.program == "ssh")
        #expect(
            plain?.arguments == [
                "-T", "-o", "ConnectTimeout=30", "--", "box", Self.docker + "exec buildctl dial-stdio",
            ]
        )
        let whole = try DialCommand.reaching("ssh://me@[fe80::1]:2222/run/docker.sock")
        #expect(whole?.arguments.dropFirst(3).prefix(6) == ["-l", "me", "-p", "2222", "--", "fe80::1"])
        #expect(whole?.arguments.last?.contains("docker --host unix:///run/docker.sock system dial-stdio") == true)
        let buildkit = try DialCommand.reaching("ssh://box", kind: .buildkitd)
        #expect(buildkit?.arguments.last == "exec buildctl dial-stdio")
    }

    @Test("containers and pods are reached by their own programs")
    func containers() throws {
        let container = try DialCommand.reaching("docker-container://bk0")
        #expect(container?.program == "docker")
        #expect(container?.arguments == ["exec", "-i", "bk0", "buildctl", "dial-stdio"])
        let pod = try DialCommand.reaching("kube-pod://bk?namespace=ci&container=buildkitd")
        #expect(pod?.program == "kubectl")
        #expect(
            pod?.arguments == [
                "--namespace=ci", "--container=buildkitd", "exec", "-i", "bk", "--", "buildctl", "dial-stdio",
            ]
        )
        #expect(try DialCommand.reaching("unix:///x") == nil)
        #expect(try DialCommand.reaching("tcp://h:1") == nil)
    }

    @Test(
        "nothing is taken for an option or read by a shell",
        arguments: [
            "ssh://-oProxyCommand=x", "ssh://me@-oProxyCommand=x", "ssh://-l@box", "ssh://u:p@h", "ssh://h:0",
            "ssh://h:x",
            "ssh://a;reboot", "ssh://$(x)", "ssh://h/run/$(x)", "ssh://h/a;b", "docker-container://--privileged",
            "docker-container://a;b", "kube-pod://-x", "kube-pod://p?x=y", "kube-pod://p?namespace=-n",
            "kube-pod://p?namespace", "kube-pod://?namespace=a",
        ]
    )
    func refused(address: String) {
        #expect(throws: EngineError.self) { try DialCommand.reaching(address) }
    }
}

import Testing

@testable import CaissonBuildKit

@Suite struct AgentFilterTests {
    private let first: [UInt8] = [1, 2, 3]
    private let second: [UInt8] = [9]

    private func signRequest(_ key: [UInt8], extra: [UInt8] = []) -> [UInt8] {
        var request: [UInt8] = [13]
        request.appendAgentString(key)
        request.appendAgentString(Array("data".utf8))
        request.appendAgentNumber(2)
        return request + extra
    }

    @Test func `listing and signing pass, and nothing else does`() {
        let filter = AgentFilter(allowed: nil)
        #expect(filter.decide([11]) == .list)
        #expect(filter.decide(signRequest(first)) == .sign(key: first))
        #expect(filter.decide([11, 0]) == .refuse(key: nil))
        #expect(filter.decide([]) == .refuse(key: nil))
        // Adding, removing, locking, smart cards, extensions and the first version's requests.
        for number in UInt8.min...UInt8.max where number != 11 && number != 13 {
            #expect(filter.decide([number]) == .refuse(key: nil))
            #expect(filter.decide([number] + signRequest(first).dropFirst()) == .refuse(key: nil))
        }
    }

    @Test func `a request to sign must be whole and nothing more`() {
        let filter = AgentFilter(allowed: nil)
        let request = signRequest(first)
        for count in 0..<request.count { #expect(filter.decide(Array(request.prefix(count))) == .refuse(key: nil)) }
        #expect(filter.decide(signRequest(first, extra: [0])) == .refuse(key: nil))
        #expect(filter.decide([13, 255, 255, 255, 255, 1]) == .refuse(key: nil))
    }

    @Test func `only listed keys are seen and used`() {
        let filter = AgentFilter(allowed: [second])
        #expect(filter.decide(signRequest(second)) == .sign(key: second))
        #expect(filter.decide(signRequest(first)) == .refuse(key: first))
        let keys = [AgentKey(blob: first, comment: [65]), AgentKey(blob: second, comment: [])]
        let answer = AgentFilter.answer(listing: keys)
        #expect(filter.keys(of: answer) == [keys[1]])
        #expect(AgentFilter(allowed: nil).keys(of: answer) == keys)
    }

    @Test func `an agent's answer that is cut or overlong is none`() {
        let filter = AgentFilter(allowed: nil)
        let answer = AgentFilter.answer(listing: [AgentKey(blob: first, comment: [65])])
        for count in 0..<answer.count { #expect(filter.keys(of: Array(answer.prefix(count))) == nil) }
        #expect(filter.keys(of: answer + [0]) == nil)
        #expect(filter.keys(of: [12, 255, 255, 255, 255]) == nil)
        #expect(AgentFilter.isSignature([14, 0, 0, 0, 1, 7]))
        #expect(
            !AgentFilter.isSignature([14, 0, 0, 0, 2, 7]) && !AgentFilter.isSignature([5])
                && !AgentFilter.isSignature([])
        )
    }

    @Test func `messages are found in any pieces, and those too long are refused`() throws {
        let messages: [[UInt8]] = [[11], [UInt8](repeating: 7, count: 5000), [1, 2]]
        let stream = messages.flatMap(AgentDeframer.framed)
        for size in [1, 3, 4096, 100_000] {
            var deframer = AgentDeframer()
            var found: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                deframer.append(stream[start..<min(start + size, stream.count)])
                while let message = try deframer.next() { found.append(message) }
            }
            #expect(found == messages)
        }
        for head: [UInt8] in [[0, 0, 0, 0], [0, 4, 0, 1], [255, 255, 255, 255]] {
            var deframer = AgentDeframer()
            deframer.append(head)
            #expect(throws: GRPCError.self) { try deframer.next() }
        }
        var longest = AgentDeframer()
        longest.append([0, 4, 0, 0] + [UInt8](repeating: 1, count: 256 * 1024))
        #expect(try longest.next()?.count == 256 * 1024)
    }
}

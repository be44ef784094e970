import FoundationEssentials
import NIOHPACK
import SwiftProtobuf
import Testing

@testable import CaissonBuildKit

@Suite struct StatusTests {
    @Test func `no error is told by status 0`() {
        #expect(GRPCStatus.error(of: ["grpc-status": "0"]) == nil)
        #expect(GRPCStatus.error(of: GRPCStatus.trailers(nil)) == nil)
    }

    @Test(arguments: ["plain", "", "100% of ü\n\u{0}", "%41", "a%", "%zz", String(repeating: "é", count: 2000)])
    func `a message comes back as it was`(message: String) throws {
        let error = try #require(GRPCStatus.error(of: GRPCStatus.trailers(GRPCError(.notFound, message))))
        #expect(error.code == .notFound)
        #expect(error.message == String(message.prefix(2048)))
        #expect(GRPCStatus.percentEncoded(message).utf8.allSatisfy { (0x20...0x7e).contains($0) })
    }

    @Test func `a percent sign without two digits stays`() {
        #expect(GRPCStatus.percentDecoded("%4") == "%4")
        #expect(GRPCStatus.percentDecoded("%") == "%")
        #expect(GRPCStatus.percentDecoded("%4g%41") == "%4gA")
        #expect(GRPCStatus.percentDecoded("a+b%2B".utf8, plusIsSpace: true) == Array("a b+".utf8))
        #expect(GRPCStatus.percentDecoded("%ff".utf8, plusIsSpace: true) == [0xff])
    }

    @Test(arguments: ["", "=", "=="])
    func `details are read with and without padding`(padding: String) throws {
        // One more byte in the message moves the base64 by one.
        var status = WireStatus()
        var detail = WireAny()
        detail.typeURL = "github.com/moby/buildkit/errdefs.Vertex+json"
        detail.value = Data(#"{"digest":"sha256:1"}"#.utf8)
        status.details = [detail]
        for length in 0..<3 {
            status.message = String(repeating: "m", count: length)
            var base64 = (try status.serializedBytes() as Data).base64EncodedString()
            if padding.isEmpty { base64 = base64.filter { $0 != "=" } }
            let error = GRPCStatus.error(of: ["grpc-status": "2", "grpc-status-details-bin": base64])
            #expect(error?.details == [.init(type: detail.typeURL, value: [UInt8](detail.value))])
        }
    }

    @Test(arguments: ["!!!", "", "AAAA", "////"])
    func `details that are none are left out`(details: String) {
        let error = GRPCStatus.error(of: ["grpc-status": "2", "grpc-message": "m", "grpc-status-details-bin": details])
        #expect(error?.message == "m")
        #expect(error?.details == [])
    }

    @Test func `trailers without a status are an error`() {
        #expect(GRPCStatus.error(of: [:])?.code == .unknown)
        #expect(GRPCStatus.error(of: [":status": "200"])?.code == .unknown)
    }

    @Test func `an answer that is HTTP and no gRPC is named`() {
        let error = GRPCStatus.error(of: [":status": "404"])
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("404") == true)
    }

    @Test(arguments: ["x", "-1", "99999999999999999999"])
    func `a status that is no known number is an error`(status: String) {
        #expect(GRPCStatus.error(of: ["grpc-status": status]) != nil)
    }
}

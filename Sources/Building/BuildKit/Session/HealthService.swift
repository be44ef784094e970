/// `grpc.health.v1.Health`: the engine asks every five seconds and ends the session when it gets no answer.
struct HealthService: SessionService {
    var handlers: [String: SessionHandler] {
        [
            "/grpc.health.v1.Health/Check": { call in
                while try await call.reader.next() != nil {}
                var answer = WireHealthCheckResponse()
                answer.status = .serving
                try await call.writer.send(answer)
            }
        ]
    }
}

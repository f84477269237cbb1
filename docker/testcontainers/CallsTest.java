// org.testcontainers:testcontainers and org.junit.jupiter:junit-jupiter
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

class CallsTest {
    @Test
    void listsCalls() throws Exception {
        try (var calls = new GenericContainer<>("mock-calls")
                .withExposedPorts(2255)
                .waitingFor(Wait.forHttp("/healthz").forPort(2255))) {
            calls.start();
            var url = "http://" + calls.getHost() + ":" + calls.getMappedPort(2255);
            var request = HttpRequest.newBuilder(URI.create(url + "/v3/calls"))
                    .header("apikey", "mock-rest-api-key").build();
            var answer = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
        }
    }
}

// go get github.com/testcontainers/testcontainers-go; go test
package calls

import (
	"context"
	"net/http"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

func TestListsCalls(t *testing.T) {
	ctx := context.Background()
	calls, err := testcontainers.Run(ctx, "mock-calls",
		testcontainers.WithExposedPorts("2255/tcp"),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/healthz").WithPort("2255/tcp")),
	)
	testcontainers.CleanupContainer(t, calls)
	if err != nil {
		t.Fatal(err)
	}
	url, err := calls.PortEndpoint(ctx, "2255/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v3/calls", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("apikey", "mock-rest-api-key")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("got %d", answer.StatusCode)
	}
}

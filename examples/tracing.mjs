// Exports the spans of worker and AI service to any collector that takes OTLP, such as Jaeger or Grafana Tempo:
//   npm install @opentelemetry/sdk-trace-node@2 @opentelemetry/exporter-trace-otlp-http@0.223
//   NODE_OPTIONS="--import /opt/ai-ipc/examples/tracing.mjs" OTEL_SERVICE_NAME=ai-ipc-worker ai-ipc worker
// OTEL_EXPORTER_OTLP_ENDPOINT says where to; left out, http://127.0.0.1:4318.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();

// The last spans are sent before the process ends; a collector that is away holds it up for no longer than its time-out.
process.once('beforeExit', () =>
  provider.shutdown().catch((error) => console.error(`Spans: ${error.message}`)),
);

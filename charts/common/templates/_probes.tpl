{{/*
A container's probes. Arguments: "check" (how to ask: httpGet, tcpSocket or exec), "ready" (the same for readiness, when it
differs) and "startupMinutes" (how long a start may take; the liveness probe waits for it).
*/}}
{{- define "common.probes" -}}
startupProbe:
  {{- toYaml .check | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: {{ mul .startupMinutes 12 }}
livenessProbe:
  {{- toYaml .check | nindent 2 }}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 4
readinessProbe:
  {{- toYaml (.ready | default .check) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}

"""What runs beside Duheng: rules and alerts for Prometheus, a dashboard for Grafana, units for systemd."""

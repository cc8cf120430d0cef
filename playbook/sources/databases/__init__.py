"""Tables of the team's own database: what can be worked out there stays there."""

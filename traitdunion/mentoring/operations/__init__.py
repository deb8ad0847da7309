"""Writing mentoring: referrals, mentors, pairs, sessions, alerts."""

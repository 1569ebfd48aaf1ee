"""What every case has in common, whichever department leads it."""

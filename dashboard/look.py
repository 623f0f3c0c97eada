"""What the pages' pictures share; style.css has the same colours for what is HTML."""

# Okabe and Ito's, as in scoring.plotting, which wants matplotlib: blue is granted, orange refused.
BLUE, ORANGE = "#0072B2", "#D55E00"
INK, QUIET = "#1F1F1F", "#5A5A5A"
FONT = "Source Sans, sans-serif"  # Streamlit's own

"""What the pages share; the only folder that imports Streamlit."""

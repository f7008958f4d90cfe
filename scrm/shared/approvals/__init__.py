"""What takes two people: nobody decides on what they asked for or wrote themselves."""

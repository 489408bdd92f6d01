"""Offers: what two people haggle about before there is a job."""

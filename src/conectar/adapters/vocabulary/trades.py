"""The twenty trades of a fresh house, with the words they are found by."""

from uuid import NAMESPACE_URL, uuid5

from conectar.application.queries.search import plain
from conectar.domain.kernel.ids import TradeId
from conectar.domain.people.professional import Trade

_TRADES = (
    ("Plomería", "Cañerías, desagües, grifería y sanitarios", "plomero plomera"),
    ("Electricidad", "Instalaciones y reparaciones eléctricas", "electricista"),
    ("Gas", "Instalaciones y artefactos de gas, con matrícula", "gasista"),
    ("Carpintería", "Muebles, aberturas y arreglos en madera", "carpintero carpintera"),
    ("Pintura", "Interiores, exteriores e impermeabilización", "pintor pintora"),
    ("Albañilería", "Obra, revoques, contrapisos y refacciones", "albañil"),
    ("Cerrajería", "Cerraduras, llaves y aperturas", "cerrajero cerrajera"),
    ("Jardinería", "Parques, jardines, poda y riego", "jardinero jardinera"),
    ("Herrería", "Rejas, portones y estructuras de hierro", "herrero herrera"),
    ("Techos", "Tejas, chapas, membranas y canaletas", "techista"),
    ("Durlock", "Tabiques, cielorrasos y placas de yeso", "durlero yesero"),
    ("Vidriería", "Vidrios, espejos y cerramientos", "vidriero vidriera"),
    ("Climatización", "Aire acondicionado y calefacción", "frigorista refrigeracion"),
    ("Electrodomésticos", "Reparación de artefactos del hogar", "tecnico de electrodomesticos"),
    ("Limpieza", "Hogares, oficinas y finales de obra", "limpiador limpiadora"),
    ("Mudanzas", "Fletes, embalaje y mudanzas", "fletero mudancero"),
    ("Tapicería", "Sillones, sillas y cortinas", "tapicero tapicera"),
    ("Control de plagas", "Fumigación y desinfección", "fumigador fumigadora"),
    ("Piletas", "Mantenimiento y reparación de piletas", "piletero piletera"),
    ("Computación", "Equipos, redes y soporte técnico", "tecnico de pc"),
)


def _trade(name: str, description: str, words: str) -> Trade:
    return Trade(
        id=TradeId(uuid5(NAMESPACE_URL, f"conectar:oficio:{plain(name)}")),
        name=name,
        description=description,
        words=(plain(name), *map(plain, words.split(" ") if " de " not in words else [words])),
    )


TRADES = tuple(_trade(*trade) for trade in _TRADES)

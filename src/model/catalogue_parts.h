#pragma once

#include <span>

#include "model/catalogue.h"

// The parts of the one table, each ascending; catalogue.cc puts them together.
namespace batchmill {

std::span<const CatalogueEntry> notice_entries();      // 001 to 009
std::span<const CatalogueEntry> text_entries();        // 101 to 115: keys and values of the file
std::span<const CatalogueEntry> expression_entries();  // 201 to 303: expressions and the graph
std::span<const CatalogueEntry> input_entries();       // 401 to 411: inputs, outputs, paths
std::span<const CatalogueEntry> parallel_entries();    // 501 to 512: the parallel step
std::span<const CatalogueEntry> table_entries();       // 601 to 608: MLTable
std::span<const CatalogueEntry> asset_entries();       // 701 to 805: assets and environments
std::span<const CatalogueEntry> run_entries();         // 901 to 926: failures at run time

}  // namespace batchmill

// Asks the veraPDF engine about many files in one JVM.
//
//   java -cp ENGINE:CLASSES VeraCheck ua1,2a first.pdf second.pdf
//
// Answers in lines of fields separated by tabs:
//   verdict  FILE  PROFILE  true|false  NUMBER_OF_CHECKS
//   failure  FILE  PROFILE  CLAUSE-TEST  NUMBER_OF_TIMES  FIRST_MESSAGE
// A file that cannot be read ends the program with a stack trace and a status other than 0.

import java.io.File;
import java.util.Map;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

public final class VeraCheck {
    private static final int FAILURES_KEPT_PER_RULE = 1;

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 1; i < arguments.length; i++) {
            for (String profile : arguments[0].split(",")) {
                report(arguments[i], profile, validate(new File(arguments[i]), profile));
            }
        }
    }

    private static ValidationResult validate(File file, String profile) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(profile);
        if (flavour == PDFAFlavour.NO_FLAVOUR) {
            throw new IllegalArgumentException("No such profile: " + profile);
        }
        boolean logPassed = false, showMessages = true, showProgress = false;
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
             PDFAValidator validator = Foundries.defaultInstance()
                 .createValidator(flavour, FAILURES_KEPT_PER_RULE, logPassed, showMessages, showProgress)) {
            return validator.validate(parser);
        }
    }

    private static void report(String file, String profile, ValidationResult result) {
        print("verdict", file, profile, result.isCompliant(), result.getTotalAssertions());
        for (Map.Entry<RuleId, Integer> failure : result.getFailedChecks().entrySet()) {
            print("failure", file, profile, name(failure.getKey()), failure.getValue(), message(result, failure.getKey()));
        }
    }

    private static String message(ValidationResult result, RuleId rule) {
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getRuleId().equals(rule)) {
                return assertion.getMessage() + " (" + assertion.getLocation().getContext() + ")";
            }
        }
        return "";
    }

    private static String name(RuleId rule) {
        return rule.getClause() + "-" + rule.getTestNumber();
    }

    private static void print(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) {
            line.append(line.length() == 0 ? "" : "\t").append(String.valueOf(field).replaceAll("\\s+", " "));
        }
        System.out.println(line);
    }
}

import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Collections;
import java.util.Properties;

/** Reads what vaultcast wrote with Java's own classes and prints it: names and values in base64, one pair a line. */
public final class Dump {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("properties")) properties(args);
    else store(args[1], args[2]);
  }

  /** ISO 8859-1, as Properties.load(InputStream) reads a file. */
  private static void properties(String[] args) throws Exception {
    for (int at = 1; at < args.length; at++) {
      Properties read = new Properties();
      try (FileInputStream in = new FileInputStream(args[at])) {
        read.load(in);
      }
      for (String name : read.stringPropertyNames()) print(name, read.getProperty(name));
    }
  }

  private static void store(String file, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    char[] secret = password.toCharArray();
    try (FileInputStream in = new FileInputStream(file)) {
      store.load(in, secret);
    }
    for (String alias : Collections.list(store.aliases())) {
      String kind = store.isKeyEntry(alias) ? "key" : "certificate";
      if (store.isKeyEntry(alias)) store.getKey(alias, secret).getEncoded();
      print(alias, kind + " " + Base64.getEncoder().encodeToString(store.getCertificate(alias).getEncoded()));
    }
  }

  private static void print(String name, String value) {
    Base64.Encoder base64 = Base64.getEncoder();
    String left = base64.encodeToString(name.getBytes(StandardCharsets.UTF_8));
    System.out.println(left + " " + base64.encodeToString(value.getBytes(StandardCharsets.UTF_8)));
  }
}
